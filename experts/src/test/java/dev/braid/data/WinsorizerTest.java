package dev.braid.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Absurd values are pulled to the usual range, all others are left as they are. */
class WinsorizerTest {
  private static final Schema ONE = new Schema(List.of(Feature.numeric("a")), List.of("n", "y"));

  private final Random random = new Random(1);
  private Winsorizer winsorizer = new Winsorizer(ONE);

  private int changed(final DoubleSupplier values, final int events) {
    int changed = 0;
    for (int i = 0; i < events; i++) {
      final double[] x = {values.getAsDouble()};
      if (winsorizer.clip(x) != x) {
        changed++;
      }
      winsorizer.learn(x);
    }
    return changed;
  }

  private double clipped(final double value) {
    return winsorizer.clip(new double[] {value})[0];
  }

  @Test
  void usualValuesAreHandedOnAsTheyAre() {
    assertEquals(0, changed(random::nextDouble, 20_000), "even");
    winsorizer = new Winsorizer(ONE);
    assertEquals(0, changed(() -> 5000 + 300 * random.nextGaussian(), 20_000), "normal");
    winsorizer = new Winsorizer(ONE);
    assertTrue(changed(() -> Math.exp(2 * random.nextGaussian()), 20_000) <= 40, "heavy tails");
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {1e4, 1e6, 1e300, Double.MAX_VALUE, Double.POSITIVE_INFINITY, -1e6, -1e300})
  void oneRecordInAThousandOfAnySizeStaysInsideTheUsualRange(final double outlier) {
    changed(random::nextGaussian, 200);
    for (int i = 0; i < 20; i++) {
      final double[] x = {outlier};
      assertTrue(Math.abs(winsorizer.clip(x)[0]) < 6, "outlier " + i + " " + clipped(outlier));
      winsorizer.learn(x);
      assertEquals(0, changed(random::nextGaussian, 999), "values after outlier " + i);
    }
  }

  @Test
  void aStreamThatMovesFarAwayIsFollowedWithinAFewEvents() {
    changed(random::nextGaussian, 5000);
    assertTrue(changed(() -> 1e6 + random.nextGaussian(), 1000) <= 15);
    assertEquals(1e6, clipped(1e6));
  }

  @Test
  void aFeatureThatIsMostlyZeroKeepsItsOtherValuesApart() {
    final int changed =
        changed(() -> random.nextInt(20) > 0 ? 0 : 3000 * random.nextDouble(), 5000);
    assertTrue(changed <= 20, "changed " + changed);
    changed(() -> 0, 3000);
    assertTrue(clipped(3000) > 100, "told from zero after a long time of zeros");
  }

  @Test
  void missingAndNominalValuesAreNotTouched() {
    final Schema two =
        new Schema(
            List.of(Feature.nominal("b", "u", "v"), Feature.numeric("a")), List.of("n", "y"));
    winsorizer = new Winsorizer(two);
    for (int i = 0; i < 100; i++) {
      winsorizer.learn(new double[] {i % 2, Double.NaN});
    }
    final double[] x = {1e9, Double.NaN};
    assertSame(x, winsorizer.clip(x));
  }

  @Test
  void clippingLeavesTheInstanceAndTheStateAlone() {
    changed(random::nextGaussian, 100);
    final byte[] before = image();
    final double[] x = {1e9};
    assertNotSame(x, winsorizer.clip(x));
    assertEquals(1e9, x[0]);
    assertArrayEquals(before, image());
  }

  @Test
  void anImageGoesOnToTheLastBit() {
    changed(random::nextGaussian, 777);
    final Winsorizer read = new Winsorizer(ONE);
    read.read(new ImageReader(image()));
    for (int i = 0; i < 2000; i++) {
      final double[] x = {i % 500 == 0 ? 1e7 : random.nextGaussian()};
      assertEquals(winsorizer.clip(x)[0], read.clip(x)[0]);
      winsorizer.learn(x);
      read.learn(x);
    }
  }

  @Test
  void anImageWithAnImpossibleRangeIsRefused() {
    changed(random::nextGaussian, 10);
    final ImageWriter out = new ImageWriter();
    out.putDoubles(new double[] {2}, 1).putDoubles(new double[] {1}, 1);
    for (int i = 0; i < 3; i++) {
      out.putInts(new int[] {1}, 1);
    }
    assertThrows(
        MalformedImageException.class, () -> winsorizer.read(new ImageReader(out.toByteArray())));
  }

  @Test
  void newFeaturesBeginWithoutARange() {
    changed(random::nextGaussian, 100);
    final Schema two =
        new Schema(List.of(Feature.numeric("a"), Feature.numeric("b")), List.of("n", "y"));
    winsorizer.grow(two);
    assertEquals(1e9, winsorizer.clip(new double[] {0, 1e9})[1]);
    assertTrue(winsorizer.clip(new double[] {1e9, 0})[0] < 10);
  }

  private byte[] image() {
    final ImageWriter out = new ImageWriter();
    winsorizer.write(out);
    return out.toByteArray();
  }
}
