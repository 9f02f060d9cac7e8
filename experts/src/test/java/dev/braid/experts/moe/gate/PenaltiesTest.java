package dev.braid.experts.moe.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.experts.moe.ExpertRows;
import dev.braid.experts.moe.Penalty;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What tells each penalty from the others. */
class PenaltiesTest {
  private static final Softmax SOFTMAX = new Softmax();

  private static float[] gradient(final Rows rows, final Penalty penalty) {
    return gradient(rows, penalty, new float[2 * rows.columns]);
  }

  private static float[] gradient(final Rows rows, final Penalty penalty, final float[] memory) {
    rows.predicted(SOFTMAX);
    Arrays.fill(rows.routing.gradient, 0);
    penalty.add(rows, rows.routing, memory);
    return rows.routing.gradient;
  }

  /** Steps of plain descent on the scores of a gate that has nothing but a penalty. */
  private static void descend(
      final Rows rows, final Penalty penalty, final double rate, final int steps) {
    final float[] memory = new float[2 * rows.columns];
    for (int i = 0; i < steps; i++) {
      gradient(rows, penalty, memory);
      for (int p = 0; p < rows.routing.chosen(); p++) {
        rows.routing.weightGradient(p, 0);
      }
      SOFTMAX.backward(rows, rows.routing);
      for (int s = 0; s < rows.routing.gradient.length; s++) {
        rows.routing.score[s] -= (float) (rate * rows.routing.gradient[s]);
      }
    }
    rows.predicted(SOFTMAX);
  }

  @Test
  void informationMakesTheGateDecideAndUseAllExperts() {
    final Rows rows =
        Rows.scored(
            SOFTMAX, new float[] {0.2f, 0.1f}, new float[] {0.1f, 0}, new float[] {0.2f, 0});
    descend(rows, new Concentrate(1, 0), 20, 200);
    final float[] affinity = rows.routing.affinity;
    final boolean[] used = new boolean[2];
    for (int r = 0; r < 3; r++) {
      final float largest = Math.max(affinity[2 * r], affinity[2 * r + 1]);
      assertTrue(largest > 0.9, Arrays.toString(affinity));
      used[affinity[2 * r] == largest ? 0 : 1] = true;
    }
    assertTrue(used[0] && used[1], Arrays.toString(affinity));
  }

  @Test
  void concentrationGivesTheLoadToWhoHasItAnyway() {
    final Rows rows =
        Rows.scored(SOFTMAX, new float[] {0.5f, 0.2f, 0}, new float[] {0.3f, 0.4f, 0});
    descend(rows, new Concentrate(0, 1), 20, 400);
    assertTrue(rows.routing.affinity[0] + rows.routing.affinity[3] > 1.8);
  }

  @Test
  void aRowWhoseGradientOpposesItsExpertsIsDrawnAway() {
    final Rows rows = new Rows(new float[][] {{1}, {1}, {1}}, 1, 1, 0);
    // Two rows want the first class, one the second, of the same inputs.
    rows.experts = new ExpertRows[] {all(3, new float[] {-1, 1, -1, 1, 1, -1})};
    final float[] gradient = gradient(rows, new Conflict(3));
    assertEquals(0, gradient[0]);
    assertEquals(0, gradient[1]);
    assertEquals(1, gradient[2], 1e-6);
  }

  private static ExpertRows all(final int rows, final float[] out) {
    return new ExpertRows() {
      @Override
      public int rows() {
        return rows;
      }

      @Override
      public int labelled() {
        return rows;
      }

      @Override
      public int row(final int i) {
        return i;
      }

      @Override
      public int pair(final int i) {
        return i;
      }

      @Override
      public float[] out() {
        return out;
      }
    };
  }

  /** Of two classes expert 0 says the first, 1 the second, 2 the first with less confidence. */
  private static Rows taught() {
    final Rows rows = Rows.scored(SOFTMAX, new float[3], new float[3]);
    rows.labels[1] = 1;
    final float[][] answers = {{3, 0, 3, 0}, {0, 3, 0, 3}, {1, 0, 1, 0}};
    rows.answers = e -> answers[e].clone();
    return rows;
  }

  @Test
  void theGateLearnsWhichExpertsAreRight() {
    final Rows rows = taught();
    descend(rows, new Teacher(Teacher.By.RIGHT, 1, false), 1, 300);
    final float[] affinity = rows.routing.affinity;
    assertEquals(0.5, affinity[0], 0.05);
    assertEquals(0.5, affinity[2], 0.05);
    assertTrue(affinity[4] > 0.9);
  }

  @Test
  void theGateLearnsTheRankOfTheExpertsLosses() {
    final Rows rows = taught();
    descend(rows, new Teacher(Teacher.By.LOSS, 1, false), 1, 300);
    final float[] affinity = rows.routing.affinity;
    assertTrue(affinity[0] > affinity[2] && affinity[2] > affinity[1], Arrays.toString(affinity));
    assertTrue(affinity[4] > affinity[5] && affinity[5] > affinity[3], Arrays.toString(affinity));
  }

  @Test
  void errorsTellAgainstTheExpertsThatWereChosen() {
    final Rows rows = taught();
    final float[] gradient = gradient(rows, new Teacher(Teacher.By.ERROR, 1, false));
    assertTrue(gradient[0] < 0 && gradient[1] > 0, Arrays.toString(gradient));
    assertTrue(gradient[3] > 0 && gradient[4] < 0, Arrays.toString(gradient));
  }

  @Test
  void theGateLearnsWhoSaysMostNearlyWhatAllSayTogether() {
    final Rows rows = taught();
    descend(rows, new Teacher(Teacher.By.PRIOR, 1, false), 1, 300);
    // The mean of all is 4/3 and 1: the third is nearest to it, whatever the label.
    final float[] affinity = rows.routing.affinity;
    assertTrue(affinity[2] > 0.9 && affinity[5] > 0.9, Arrays.toString(affinity));
  }

  @Test
  void rowsOfRareClassesTeachTheGateMore() {
    final Rows rows = taught();
    final float[] plain = gradient(rows, new Teacher(Teacher.By.LOSS, 1, false)).clone();
    final float[] classes = new float[256];
    classes[0] = 29;
    final float[] rare = gradient(rows, new Teacher(Teacher.By.LOSS, 1, true), classes);
    assertEquals(plain[0] * 32 / 2 / 31, rare[0], 1e-2 * Math.abs(plain[0]), "31 of 32 rows");
    assertEquals(plain[3] * 10, rare[3], 1e-2 * Math.abs(plain[3]), "at most ten times");
  }

  @Test
  void expertsOfATypeAreDrawnToItsRows() {
    final Rows rows = new Rows(new float[][] {{1, 0}, {0, 1}}, 4, 4, 0);
    final float[] gradient = gradient(rows, new LocalBalance(1, 0.5, 0, 2));
    for (int e = 0; e < 4; e++) {
      // Affinities are alike: those of one's own type count more, and so weigh too much.
      assertEquals(e % 2 == 0, gradient[e] > 0);
      assertEquals(e % 2 == 1, gradient[4 + e] > 0);
    }
  }
}
