package dev.braid.experts.moe.expert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a network sees of nominal features. */
class FeatureEncoderTest {

  private static Schema airports(final int values) {
    final String[] names = IntStream.range(0, values).mapToObj(i -> "v" + i).toArray(String[]::new);
    return new Schema(
        List.of(Feature.nominal("airport", names), Feature.numeric("hour")), List.of("n", "y"));
  }

  private static float[] row(final FeatureEncoder encoder, final double value) {
    final float[] row = new float[encoder.inputs()];
    encoder.encode(new double[] {value, Double.NaN}, row);
    return row;
  }

  @Test
  void eachOfThreeHundredValuesLooksDifferent() {
    final FeatureEncoder encoder = new FeatureEncoder(airports(300));
    final Set<String> rows = new HashSet<>();
    for (int v = 0; v < 300; v++) {
      rows.add(Arrays.toString(row(encoder, v)));
    }
    // Some codes are drawn twice.
    assertTrue(rows.size() >= 280, "distinct rows: " + rows.size());
    assertEquals(16 + 16 + 1, encoder.inputs());
  }

  @Test
  void aMissingValueSaysNothing() {
    final FeatureEncoder encoder = new FeatureEncoder(airports(300));
    assertArrayEquals(new float[encoder.inputs()], row(encoder, Double.NaN));
  }

  @Test
  void growingBeyondTheFirstValuesAppendsInputs() {
    final FeatureEncoder encoder = new FeatureEncoder(airports(10));
    final float[] before = row(encoder, 7);
    encoder.grow(airports(40));
    final float[] after = row(encoder, 7);
    assertArrayEquals(before, Arrays.copyOf(after, before.length));
    assertEquals(33, encoder.inputs());
  }

  @Test
  void anImageGoesOnToTheLastBit() {
    final FeatureEncoder encoder = new FeatureEncoder(airports(12));
    encoder.grow(airports(60));
    encoder.learn(new double[] {3, 5});
    encoder.learn(new double[] {3, 9});
    final ImageWriter out = new ImageWriter();
    encoder.write(out);
    final FeatureEncoder read =
        FeatureEncoder.read(airports(60), new ImageReader(out.toByteArray()));
    for (int v = 0; v < 60; v++) {
      assertArrayEquals(row(encoder, v), row(read, v));
    }
  }
}
