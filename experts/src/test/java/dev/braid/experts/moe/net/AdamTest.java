package dev.braid.experts.moe.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdamTest {
  private static final float BETA2 = 0.999f;

  /** Also where there is no table any more. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 348, 399, 400, 401, 36_000, 39_999, 40_000, 40_001, 5_000_000})
  void theBiasCorrectionsAreThoseOfTheAlgorithmToTheBit(final int step) {
    final double first = 1 - StrictMath.pow(Adam.BETA1, step);
    final double second = 1 - StrictMath.pow(BETA2, step);
    assertEquals((float) (0.005 * Math.sqrt(second) / first), Adam.rate(0.005, step));
    assertEquals((float) (1e-8 * Math.sqrt(second)), Adam.epsilon(step));
    assertEquals((float) (0.01f / first), new Adam(0.01f).rowRate(step));
    assertEquals((float) (1 / StrictMath.sqrt(second)), Adam.rowCorrection(step));
  }
}
