package dev.braid.experts.basic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Neighbours by columns of two values are those by columns of floats, to the last bit. */
class PairColumnsTest {
  private static final int NUMBERS = 3;
  private static final int WINDOW = 300;

  private final SplittableRandom random = new SplittableRandom(5);

  /** Features of {@code values} values each behind some numbers: only of two they are bits. */
  private static Schema schema(final int features, final List<String> values) {
    final List<Feature> all = new ArrayList<>();
    for (int f = 0; f < features; f++) {
      all.add(
          f < NUMBERS
              ? Feature.numeric("n" + f)
              : Feature.nominal("b" + f, values.toArray(String[]::new)));
    }
    return new Schema(all, List.of("no", "yes"));
  }

  private double[] event(final int features, final boolean strange) {
    final double[] x = new double[features];
    for (int f = 0; f < features; f++) {
      x[f] = f < NUMBERS ? random.nextDouble() : random.nextInt(10) == 0 ? 1 : 0;
      x[f] = random.nextInt(30) == 0 ? Double.NaN : x[f];
    }
    if (strange) {
      x[features - 2] = random.nextInt(5) - 2;
    }
    return x;
  }

  private static WindowedKnn copy(final WindowedKnn expert, final Schema schema) {
    final ImageWriter out = new ImageWriter();
    expert.writeChunk(0, out);
    final byte[] image = out.toByteArray();
    return WindowedKnn.read(schema, 1, chunk -> new ImageReader(image));
  }

  @ParameterizedTest
  @CsvSource({"11, false", "44, false", "67, false", "90, false", "20, true", "67, true"})
  void neighboursAreThoseByFloats(final int features, final boolean strange) {
    final Schema two = schema(features, List.of("f", "t"));
    final Schema three = schema(features, List.of("f", "t", "more"));
    WindowedKnn bits = new WindowedKnn(two, WINDOW, 10);
    final WindowedKnn floats = new WindowedKnn(three, WINDOW, 10);
    final double[] said = new double[2];
    final double[] expected = new double[2];

    for (int i = 0; i < 3 * WINDOW; i++) {
      final double[] x = event(features, strange && i > WINDOW && i % 50 == 0);
      bits.predict(x, said);
      floats.predict(x, expected);
      assertArrayEquals(expected, said);
      bits.learn(x, i % 2, 1);
      floats.learn(x, i % 2, 1);
      if (i % 211 == 0) {
        bits = copy(bits, two);
      }
    }

    bits.grow(three);
    final double[] x = event(features, false);
    bits.predict(x, said);
    floats.predict(x, expected);
    assertArrayEquals(expected, said);
  }

  @ParameterizedTest
  @CsvSource({"44", "64"})
  void bitsTakeLessThanFloats(final int features) {
    final WindowedKnn bits = new WindowedKnn(schema(features, List.of("f", "t")), WINDOW, 10);
    final WindowedKnn floats =
        new WindowedKnn(schema(features, List.of("a", "b", "c")), WINDOW, 10);
    for (int i = 0; i < WINDOW; i++) {
      final double[] x = event(features, false);
      bits.learn(x, 0, 1);
      floats.learn(x, 0, 1);
    }

    assertTrue(3 * bits.sizeBytes() < floats.sizeBytes(), bits.sizeBytes() + " bytes");
    assertEquals(bits.sizeBytes(), copy(bits, schema(features, List.of("f", "t"))).sizeBytes());
  }
}
