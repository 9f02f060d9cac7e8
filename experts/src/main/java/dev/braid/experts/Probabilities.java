package dev.braid.experts;

import java.util.Arrays;

/** What every expert does with a vector of class probabilities. */
public final class Probabilities {
  private Probabilities() {}

  /** Gives every class the same probability. */
  public static void uniform(final double[] p) {
    Arrays.fill(p, 1.0 / p.length);
  }

  /**
   * Turns votes into probabilities in place: finite, at least 0, sum 1. Votes that are negative or
   * NaN count as 0, infinite ones outweigh all others; no vote at all gives the uniform
   * distribution.
   */
  public static void normalise(final double[] votes) {
    double largest = 0;
    for (int c = 0; c < votes.length; c++) {
      if (!(votes[c] > 0)) {
        votes[c] = 0;
      }
      largest = Math.max(largest, votes[c]);
    }
    if (largest == 0) {
      uniform(votes);
      return;
    }
    if (largest == Double.POSITIVE_INFINITY) {
      for (int c = 0; c < votes.length; c++) {
        votes[c] = votes[c] == Double.POSITIVE_INFINITY ? 1 : 0;
      }
    } else if (largest > 1e300 || largest < 1e-300) {
      // Keeps the sum and the division below out of overflow and of denormal numbers.
      for (int c = 0; c < votes.length; c++) {
        votes[c] /= largest;
      }
    }
    double sum = 0;
    for (final double vote : votes) {
      sum += vote;
    }
    for (int c = 0; c < votes.length; c++) {
      votes[c] /= sum;
    }
  }

  /** Index of the largest element, the lowest index on a tie; -1 if there is none. */
  public static int argMax(final double[] p) {
    int best = p.length == 0 ? -1 : 0;
    for (int c = 1; c < p.length; c++) {
      if (p[c] > p[best]) {
        best = c;
      }
    }
    return best;
  }
}
