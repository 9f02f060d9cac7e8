package dev.braid.drift;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

class AdwinTest {
  private static final int LONG = 80_000;

  @Test
  void equalsMoaOnErrorsOfAConstantRate() {
    final Random random = new Random(1);
    assertEqualsMoa(() -> random.nextDouble() < 0.3 ? 1.0 : 0.0, LONG, Adwin.DEFAULT_DELTA);
  }

  @Test
  void equalsMoaOnAConstantSequence() {
    assertEquals(0, assertEqualsMoa(() -> 0.25, LONG, Adwin.DEFAULT_DELTA));
  }

  @Test
  void equalsMoaOnAbruptDrifts() {
    final Random random = new Random(2);
    final int[] time = {0};
    final DoubleSupplier errors =
        () -> random.nextDouble() < (time[0]++ / 1500 % 3) * 0.2 + 0.1 ? 1.0 : 0.0;
    assertTrue(assertEqualsMoa(errors, LONG, Adwin.DEFAULT_DELTA) > 50);
  }

  @Test
  void equalsMoaOnAGradualDriftOfRealNumbers() {
    final Random random = new Random(3);
    final int[] time = {0};
    final DoubleSupplier values =
        () -> random.nextGaussian() + 3 * Math.sin(time[0]++ / 4000.0) + 1e3;
    assertTrue(assertEqualsMoa(values, LONG, 0.05) > 10);
  }

  @Test
  void equalsMoaWhateverTheConfidence() {
    for (int seed = 10; seed < 30; seed++) {
      final Random random = new Random(seed);
      final double delta = Math.pow(10, -4 * random.nextDouble()) * 0.99;
      final double[] rate = {0.5};
      final DoubleSupplier errors =
          () -> {
            if (random.nextInt(700) == 0) {
              rate[0] = random.nextDouble();
            }
            return random.nextDouble() < rate[0] ? 1.0 : 0.0;
          };
      assertEqualsMoa(errors, 6_000, delta);
    }
  }

  @Test
  void keepsCountingInAWindowLongerThanMoaCanTake() {
    final Random random = new Random(4);
    final Adwin adwin = new Adwin(1e-9);
    for (int i = 0; i < 3_000_000; i++) {
      adwin.add(random.nextInt(2));
    }
    assertEquals(0, adwin.detections());
    assertEquals(3_000_000, adwin.width());
    assertEquals(0.25, adwin.variance(), 1e-3);
    int later = 0;
    while (!adwin.add(1.0)) {
      later++;
      assertTrue(later < 20_000, "the jump to 1 must be seen");
    }
  }

  @Test
  void goesOnIdenticallyFromItsImage() {
    final Random random = new Random(5);
    final Adwin first = new Adwin();
    for (int i = 0; i < 5_003; i++) {
      first.add(random.nextInt(2));
    }
    final Adwin second = Adwin.read(new ImageReader(image(first)));
    for (int i = 0; i < 5_000; i++) {
      final double value = i < 1_000 ? random.nextInt(2) : 1.0;
      assertEquals(first.add(value), second.add(value));
      assertEquals(first.estimate(), second.estimate());
      assertEquals(first.width(), second.width());
      assertEquals(first.variance(), second.variance());
    }
    assertTrue(first.detections() > 0);
    assertEquals(first.detections(), second.detections());
  }

  @Test
  void refusesADamagedImage() {
    final Adwin adwin = new Adwin();
    for (int i = 0; i < 500; i++) {
      adwin.add(i % 2);
    }
    final byte[] good = image(adwin);
    final int rowLengthAt = 4 + 4 + 5 * 8;
    final byte[] manyRows = good.clone();
    manyRows[rowLengthAt + 3] = 0x7f;
    assertThrows(MalformedImageException.class, () -> Adwin.read(new ImageReader(manyRows)));
    final byte[] manyBuckets = good.clone();
    manyBuckets[rowLengthAt + 4] = 7;
    assertThrows(MalformedImageException.class, () -> Adwin.read(new ImageReader(manyBuckets)));
    final byte[] cut = Arrays.copyOf(good, good.length - 9);
    assertThrows(MalformedImageException.class, () -> Adwin.read(new ImageReader(cut)));
  }

  @Test
  void leavesOutWhatIsNotANumber() {
    final Adwin adwin = new Adwin();
    assertFalse(adwin.add(Double.NaN));
    assertFalse(adwin.add(Double.POSITIVE_INFINITY));
    assertFalse(adwin.add(0.5));
    assertEquals(0.5, adwin.estimate());
    assertEquals(1, adwin.width());
  }

  @Test
  void isItselfAgainOnceValuesOfAnotherMagnitudeHaveLeftTheWindow() {
    final Random random = new Random(6);
    final Adwin adwin = new Adwin();
    for (int i = 0; i < 5_000; i++) {
      adwin.add((i < 1_000 ? 1e30 : 1) * random.nextInt(2));
    }
    assertEquals(0.5, adwin.estimate(), 0.05);
    assertEquals(0.25, adwin.variance(), 0.01);
    final long before = adwin.detections();
    for (int i = 0; i < 5_000; i++) {
      adwin.add(random.nextInt(2));
    }
    assertEquals(before, adwin.detections());
    for (int i = 0; i < 1_000; i++) {
      adwin.add(1);
    }
    assertTrue(adwin.detections() > before);
  }

  private static byte[] image(final Adwin adwin) {
    final ImageWriter out = new ImageWriter();
    adwin.write(out);
    return out.toByteArray();
  }

  private static long assertEqualsMoa(
      final DoubleSupplier values, final int length, final double delta) {
    final moa.classifiers.core.driftdetection.ADWIN moa =
        new moa.classifiers.core.driftdetection.ADWIN(delta);
    final Adwin ours = new Adwin(delta);
    for (int i = 0; i < length; i++) {
      final double value = values.getAsDouble();
      assertEquals(moa.setInput(value), ours.add(value), "alarm at " + i);
      assertEquals(moa.getEstimation(), ours.estimate(), "estimate at " + i);
      assertEquals(moa.getWidth(), ours.width(), "width at " + i);
      assertEquals(moa.getVariance(), ours.variance(), "variance at " + i);
    }
    assertEquals(moa.getNumberDetections(), ours.detections());
    return ours.detections();
  }
}
