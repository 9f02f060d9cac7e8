package dev.braid.experts.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ApproximateTest {

  @Test
  void logarithmsAreAsExactAsPromisedOverAllMagnitudes() {
    final SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 1_000_000; i++) {
      final double x = (1 + random.nextDouble()) * Math.pow(2, random.nextInt(-1022, 1024));
      assertEquals(Math.log(x) / Math.log(2), Approximate.log2(x), Approximate.LOG2_ERROR);
    }
  }

  @Test
  void logarithmsOfNumbersTooSmallAreVerySmall() {
    assertTrue(Approximate.log2(0.0) <= -1022);
    assertTrue(Approximate.log2(Double.MIN_VALUE) <= -1022);
  }

  @Test
  void theNormalDistributionIsAsExactAsPromised() {
    for (double z = -40; z <= 40; z += 0.0007) {
      assertEquals(Normal.cumulative(z), Approximate.normal(z), Approximate.NORMAL_ERROR);
    }
    assertEquals(1.0, Approximate.normal(Double.POSITIVE_INFINITY));
    assertEquals(0.0, Approximate.normal(Double.NEGATIVE_INFINITY));
    assertTrue(Double.isNaN(Approximate.normal(Double.NaN)));
  }
}
