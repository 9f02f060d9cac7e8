package dev.braid.router;

import java.util.Arrays;

/**
 * What a learner says about one event; the caller owns it and passes it in again, so that
 * predicting allocates nothing. The arrays grow with the schema and the pool.
 */
public final class Prediction {
  private double[] probabilities = new double[0];
  private double[] weights = new double[0];
  private double[] memberPredictions = new double[0];

  /** Index of the most probable class, the lowest one on a tie; -1 while no class is known. */
  public int label() {
    int best = -1;
    for (int c = 0; c < probabilities.length; c++) {
      if (best < 0 || probabilities[c] > probabilities[best]) {
        best = c;
      }
    }
    return best;
  }

  /** Probability per class of the learner's schema, shape [classes], sums to 1. Not a copy. */
  public double[] probabilities() {
    return probabilities;
  }

  /** What each expert weighs in it, shape [experts], at least 0, sums to 1. Not a copy. */
  public double[] weights() {
    return weights;
  }

  /**
   * The experts' predictions that this one was made from, for learners that ask all their experts;
   * else empty. Flat: one row per expert, then what else the learner wants to see again when the
   * label comes late, each as long as the probabilities. Not a copy.
   */
  public double[] memberPredictions() {
    return memberPredictions;
  }

  /** Copies the experts' predictions in. */
  public void setMemberPredictions(final double[] values) {
    if (memberPredictions.length != values.length) {
      memberPredictions = new double[values.length];
    }
    System.arraycopy(values, 0, memberPredictions, 0, values.length);
  }

  /** Makes both arrays fit; their content is undefined afterwards. For learners. */
  public void shape(final int classes, final int experts) {
    if (probabilities.length != classes) {
      probabilities = new double[classes];
    }
    if (weights.length != experts) {
      weights = new double[experts];
    }
  }

  @Override
  public String toString() {
    return "class "
        + label()
        + " of "
        + Arrays.toString(probabilities)
        + ", experts "
        + Arrays.toString(weights);
  }
}
