package dev.braid.experts.moe.combine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DistilTest {
  private static final float[] FIRST = {3, 0, 0};
  private static final float[] SECOND = {0, 0, 5};
  private static final float[] NONE = {0, 0, 0};

  private static OneRow row(final Distil.Rule rule, final double weight, final float... student) {
    return new OneRow(new Distil(rule, weight, 2), FIRST.clone(), SECOND.clone(), student.clone());
  }

  /** Of the student, where the label is the second class. */
  private static float[] gradient(
      final Distil.Rule rule, final double weight, final long number, final float... student) {
    return row(rule, weight, student).backward(1, number, 0, 0, 0)[2];
  }

  @Test
  void theStudentAnswersAloneAndTheOthersTeachTogether() {
    final OneRow row = row(Distil.Rule.SOFT, 0.5, 9, 8, 7);
    assertArrayEquals(new float[] {9, 8, 7}, row.forward(false));
    assertArrayEquals(new float[] {1.5f, 0, 2.5f}, row.forward(true));
    final float[][] gradients = row.backward(1, 0, 0.2f, -0.4f, 0.2f);
    assertArrayEquals(new float[] {0.1f, -0.2f, 0.1f}, gradients[0], 1e-6f);
    assertEquals(3 * 0.2f, row.weightGradient(0), 1e-6f);
  }

  @Test
  void softTargetsAreWhatTheTeacherSaysAtATemperature() {
    final double[] soft = {Math.exp(0.75), 1, Math.exp(1.25)};
    final double sum = soft[0] + soft[1] + soft[2];
    final float[] gradient = gradient(Distil.Rule.SOFT, 1, 0, NONE);
    for (int j = 0; j < 3; j++) {
      assertEquals(2 * (1.0 / 3 - soft[j] / sum), gradient[j], 1e-5);
    }
    assertArrayEquals(
        new float[] {1f / 3, -2f / 3, 1f / 3}, gradient(Distil.Rule.SOFT, 0, 0, NONE), 1e-6f);
  }

  @Test
  void everyExpertIsHeardInSomeStepWhereTheyAreSampled() {
    boolean first = false;
    boolean second = false;
    for (int step = 0; step < 40; step++) {
      final float[] gradient = gradient(Distil.Rule.SAMPLED, 1, step, NONE);
      first |= gradient[2] > gradient[0] && Math.abs(gradient[1] - gradient[2]) < 1e-6;
      second |= gradient[0] > gradient[2] && Math.abs(gradient[0] - gradient[1]) < 1e-6;
    }
    assertTrue(first && second, "each teaches alone in some of 40 steps");
  }

  @Test
  void teachersByThemselvesAreHeardTheSoonerTheNearerTheStudentIsToThem() {
    final double[] first = {Math.exp(1.5), 1, 1};
    final double[] second = {1, 1, Math.exp(2.5)};
    assertArrayEquals(NONE, gradient(Distil.Rule.PACED, 1, 0, NONE), 1e-6f);
    for (final double age : new double[] {1, 1e6}) {
      final double[] wanted = new double[3];
      for (final double[] teacher : new double[][] {first, second}) {
        final double sum = teacher[0] + teacher[1] + teacher[2];
        double apart = 0;
        for (int j = 0; j < 3; j++) {
          apart += teacher[j] / sum * Math.log(3 * teacher[j] / sum);
        }
        for (int j = 0; j < 3; j++) {
          wanted[j] += 2 * 0.5 * Math.exp(-apart / age) * (1.0 / 3 - teacher[j] / sum);
        }
      }
      final float[] gradient = gradient(Distil.Rule.PACED, 1, (long) (1000 * age) - 1, NONE);
      for (int j = 0; j < 3; j++) {
        assertEquals(wanted[j], gradient[j], 1e-5);
      }
    }
  }

  @Test
  void preferenceStopsWhereTheStudentIsClearerThanTheTeacher() {
    final float[] vague = gradient(Distil.Rule.PREFERRED, 1, 0, 0, 0, 1);
    assertTrue(
        vague[1] < -0.1 && vague[2] == -vague[1] && vague[0] == 0, "the class and its rival");
    final float[] clear = gradient(Distil.Rule.PREFERRED, 1, 0, 0, 20, 1);
    assertEquals(0, clear[1], 1e-6);
  }
}
