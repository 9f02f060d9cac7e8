package dev.braid.router.tame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ReservoirTest {
  private final Reservoir reservoir = new Reservoir(200, 1, 5);

  private void offer(final int from, final int to, final int expert) {
    for (int t = from; t < to; t++) {
      reservoir.offer(new double[] {t}, expert);
    }
  }

  private int count(final int expert) {
    int count = 0;
    for (int r = 0; r < reservoir.count(); r++) {
      count += reservoir.expert(r) == expert ? 1 : 0;
    }
    return count;
  }

  @Test
  void everyEventOfTheStreamIsKeptWithTheSameProbability() {
    offer(0, 5000, 0);
    offer(5000, 20_000, 1);
    assertEquals(200, reservoir.count());
    // 50 expected, deviation 6.
    assertTrue(Math.abs(count(0) - 50) < 25, () -> count(0) + " of the first quarter");
  }

  @Test
  void eventsOfAnExpertThatIsGoneAreDroppedAndTheOthersStay() {
    offer(0, 100, 0);
    offer(100, 200, 1);
    reservoir.drop(0);
    assertEquals(100, reservoir.count());
    assertEquals(100, count(1));
    final double[] x = new double[1];
    double sum = 0;
    for (int r = 0; r < 100; r++) {
      reservoir.copy(r, x);
      sum += x[0];
    }
    assertEquals((100 + 199) * 50, sum);
  }

  @Test
  void eventsOfAMergedExpertBelongToTheOneThatStays() {
    offer(0, 50, 0);
    offer(50, 100, 1);
    reservoir.relabel(1, 0);
    assertEquals(100, count(0));
  }

  @Test
  void newFeaturesAreMissingInWhatWasKept() {
    offer(0, 3, 0);
    reservoir.grow(2);
    final double[] x = new double[2];
    reservoir.copy(1, x);
    assertArrayEquals(new double[] {1, Double.NaN}, x);
  }
}
