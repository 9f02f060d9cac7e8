package dev.braid.experts.moe.combine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class CascadeTest {
  private static final float[] STRONG = {-1, 4};

  private static OneRow row(final float... weak) {
    return new OneRow(new Cascade(2), STRONG.clone(), weak.clone());
  }

  @Test
  void theWeakExpertAnswersWhereItIsSureAndTheStrongOneWhereItIsNot() {
    assertArrayEquals(STRONG, row(0, 0).forward(false));
    assertArrayEquals(new float[] {60, -80}, row(60, -80).forward(false), 0.1f);
    // As far from saying nothing as where it counts half.
    assertArrayEquals(new float[] {0.5f, 2}, row(2, 0).forward(false), 1e-6f);
  }

  @Test
  void theWeakExpertLearnsHowSureToBe() {
    final float[] weak = {1.2f, -0.7f};
    final float[] factors = {0.3f, -0.8f};
    final float[] gradient = row(weak).backward(0, 0, factors.clone())[1];
    for (int j = 0; j < 2; j++) {
      final float[] above = weak.clone();
      final float[] below = weak.clone();
      above[j] += 1e-2f;
      below[j] -= 1e-2f;
      final double difference = inner(above, factors) - inner(below, factors);
      assertEquals(difference / 2e-2, gradient[j], 1e-3);
    }
  }

  private static double inner(final float[] weak, final float[] factors) {
    final float[] logits = row(weak).forward(true);
    return logits[0] * factors[0] + logits[1] * factors[1];
  }

  @Test
  void theStrongOneLearnsWhatTheWeakOneLeavesToIt() {
    final OneRow half = row(2, 0);
    assertArrayEquals(new float[] {0.5f, -0.5f}, half.backward(0, 0, 1, -1)[0], 1e-6f);
    assertEquals(0.5f * (-1 - 4), half.weightGradient(0), 1e-6f);
  }
}
