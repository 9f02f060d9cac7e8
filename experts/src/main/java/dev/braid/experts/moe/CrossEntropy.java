package dev.braid.experts.moe;

/** The layer's head: logits to probabilities, and to the gradient of the mean loss. */
public final class CrossEntropy {
  private CrossEntropy() {}

  /**
   * Replaces logits by probabilities.
   *
   * @param logits shape [rows][classes]
   */
  public static void probabilities(final float[] logits, final int rows, final int classes) {
    for (int r = 0; r < rows; r++) {
      FloatMath.softmax(logits, r * classes, classes);
    }
  }

  /**
   * Replaces probabilities by the gradient of the weighted mean of the rows' losses with respect to
   * the logits.
   *
   * @param probabilities shape [rows][classes]
   * @param labels shape [rows]
   * @param weight shape [rows]
   */
  public static void gradient(
      final float[] probabilities,
      final int[] labels,
      final float[] weight,
      final int rows,
      final int classes) {
    final float scale = 1f / rows;
    for (int r = 0; r < rows; r++) {
      probabilities[r * classes + labels[r]] -= 1;
      final float factor = scale * weight[r];
      for (int i = r * classes; i < (r + 1) * classes; i++) {
        probabilities[i] *= factor;
      }
    }
  }
}
