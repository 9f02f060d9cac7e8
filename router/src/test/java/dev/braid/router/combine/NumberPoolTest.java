package dev.braid.router.combine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** How the pool of numbers weighs its members. */
class NumberPoolTest {
  /** Of two members the second errs by a tenth more. */
  private static NumberPool afterLabels() {
    final NumberPool pool = new NumberPool(2, 0.02, 200, 5);
    final SplittableRandom random = new SplittableRandom(3);
    for (int t = 0; t < 1_000; t++) {
      final double first = random.nextGaussian();
      pool.learn(new double[] {first, 1.1 * first}, 0, 1);
    }
    return pool;
  }

  @Test
  void theFewerDelaysOfLateLabelsAreKnownTheMoreEqualAreTheWeights() {
    final NumberPool pool = afterLabels();
    final double sure = pool.weights()[0];
    double before = sure;
    for (final double known : new double[] {100, 10, 3, 1}) {
      pool.doubt(known);
      final double weight = pool.weights()[0];
      assertTrue(weight < before && weight > 0.5, "of " + known + " delays " + weight);
      before = weight;
    }
    assertTrue(sure > 0.9 && before < 0.75, "from " + sure + " to " + before);
  }

  @Test
  void whereLabelsComeAtOnceAgainTheWeightsAreAsIfTheyHadAlways() {
    final NumberPool pool = afterLabels();
    final double sure = pool.weights()[0];
    pool.doubt(2);
    pool.doubt(Double.POSITIVE_INFINITY);
    assertEquals(sure, pool.weights()[0]);
  }
}
