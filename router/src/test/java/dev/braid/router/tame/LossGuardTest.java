package dev.braid.router.tame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import org.junit.jupiter.api.Test;

class LossGuardTest {
  private final LossGuard guard = new LossGuard(40, 0.2);

  private void accept(final int times, final double loss) {
    for (int i = 0; i < times; i++) {
      guard.accept(loss);
    }
  }

  @Test
  void theThresholdLiesThreeDeviationsAboveTheMeanOfTheSmoothedLosses() {
    double smoothed = 0.5;
    guard.accept(smoothed);
    double sum = smoothed;
    double squares = smoothed * smoothed;
    for (int i = 1; i < 12; i++) {
      final double loss = i % 2 == 0 ? 0.4 : 0.6;
      guard.accept(loss);
      smoothed = 0.2 * loss + 0.8 * smoothed;
      sum += smoothed;
      squares += smoothed * smoothed;
    }
    final double mean = sum / 12;
    final double deviation = Math.sqrt(squares / 12 - mean * mean);
    assertEquals(mean + 3 * deviation, guard.threshold(), 1e-12);
  }

  @Test
  void aSteadyLossLeavesTheLeastDeviation() {
    accept(40, 0.3);
    assertEquals(0.3 + 3 * 0.005, guard.threshold(), 1e-12);
  }

  @Test
  void tooFewLossesRaiseNoAlarm() {
    accept(9, 0.3);
    assertFalse(guard.isAlarming(100));
    guard.accept(0.3);
    assertTrue(guard.isAlarming(100));
  }

  @Test
  void aLossCountsOnlyByItsShareInTheSmoothedOne() {
    accept(40, 0.3);
    assertFalse(guard.isAlarming(0.3 + 4.9 * 0.015));
    assertTrue(guard.isAlarming(0.3 + 5.1 * 0.015));
  }

  @Test
  void theDescentOfAnExpertThatBeganToLearnIsForgotten() {
    double loss = 2.3;
    for (int i = 0; i < 20; i++, loss *= 0.8) {
      guard.accept(loss);
    }
    accept(20, 0.02);
    assertTrue(guard.threshold() < 0.3, () -> "threshold " + guard.threshold());
  }

  @Test
  void smoothingGoesOnFromTheLossOfTheReturn() {
    accept(40, 0.3);
    final double before = guard.threshold();
    guard.resume(0.31);
    assertEquals(before, guard.threshold());
    assertFalse(guard.isAlarming(0.31));
  }

  private void assertRefused(final long count, final double smoothed, final double... losses) {
    final byte[] image =
        new ImageWriter()
            .putLong(count)
            .putDouble(smoothed)
            .putDoubles(losses, losses.length)
            .toByteArray();
    assertThrows(MalformedImageException.class, () -> guard.read(new ImageReader(image)));
  }

  @Test
  void numbersThatNoGuardHasAreNotTakenFromAnImage() {
    assertRefused(-1, 0.3);
    assertRefused(1, Double.NaN, 0.3);
    assertRefused(1, Double.POSITIVE_INFINITY, 0.3);
    assertRefused(1, 0.3, Double.NaN);
    assertRefused(1, 0.3, 0.3, 0.3);
    assertRefused(2, 0.3, 0.3);
  }
}
