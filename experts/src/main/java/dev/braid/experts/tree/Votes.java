package dev.braid.experts.tree;

import java.util.Arrays;

/** Votes of any scale as probabilities. */
final class Votes {
  private Votes() {}

  /**
   * Scales votes to a sum of 1. Without any, all classes are equally likely; where they leave the
   * range of a double, the best takes all. The best vote stays the first of the largest.
   *
   * @param votes numbers from 0, those of {@code classes} classes start at {@code from}
   * @param best index of the first largest vote, relative to {@code from}
   * @param probabilities receives one element per class of the schema, {@code classes} or more
   */
  static void normalise(
      final double[] votes,
      final int from,
      final int classes,
      final int best,
      final double[] probabilities) {
    double sum = 0.0;
    for (int c = 0; c < classes; c++) {
      sum += votes[from + c];
    }
    if (sum == 0.0 || classes == 0) {
      Arrays.fill(probabilities, 1.0 / probabilities.length);
      return;
    }
    Arrays.fill(probabilities, 0.0);
    final double scale = 1.0 / sum;
    if (!(sum > 0.0 && sum <= Double.MAX_VALUE && scale <= Double.MAX_VALUE)) {
      probabilities[best] = 1.0;
      return;
    }
    for (int c = 0; c < classes; c++) {
      probabilities[c] = votes[from + c] / sum;
    }
    for (int c = 0; c < best; c++) {
      // Rounding may have made the quotients of two different votes equal.
      if (probabilities[c] == probabilities[best]) {
        probabilities[best] = Math.nextUp(probabilities[best]);
        return;
      }
    }
  }
}
