package dev.braid.experts.moe.kind;

import dev.braid.experts.moe.FloatMath;
import java.util.Arrays;

/** The loss of an expert, or of a part of one, that learns by itself from the rows it has. */
final class OwnLoss {
  private OwnLoss() {}

  /**
   * Replaces logits by the gradient of their mean cross-entropy.
   *
   * @param logits shape [rows][classes] at an offset
   */
  static void gradient(
      final float[] logits, final int at, final int[] labels, final int rows, final int classes) {
    for (int r = 0; r < rows; r++) {
      final int from = at + r * classes;
      FloatMath.softmax(logits, from, classes);
      logits[from + labels[r]] -= 1;
      for (int j = from; j < from + classes; j++) {
        logits[j] /= rows;
      }
    }
  }

  /** Nothing goes backward to the inputs. */
  static void noGradient(final float[] inputGradient, final int length) {
    if (inputGradient != null) {
      Arrays.fill(inputGradient, 0, length, 0);
    }
  }

  /** Keeps a gradient where a unit was on. */
  static void mask(final float[] gradient, final int at, final float[] units, final int length) {
    for (int i = 0; i < length; i++) {
      gradient[at + i] = units[i] > 0 ? gradient[at + i] : 0;
    }
  }
}
