package dev.braid.router;

import java.util.Arrays;

/**
 * What a learner says about one event; the caller owns it and passes it in again, so that
 * predicting allocates nothing. The arrays grow with the schema and the pool.
 */
public final class Prediction {
  private double[] probabilities = new double[0];
  private double[] weights = new double[0];
  private double[][] opinions = new double[0][0];

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

  /** The gate's weight per expert, shape [experts], at least 0, sums to 1. Not a copy. */
  public double[] weights() {
    return weights;
  }

  /**
   * The class probabilities that the prediction was made from, for learners that ask all their
   * experts; else empty. Shape [opinions, classes], one per expert, then what else the learner
   * wants to see again when the label comes late. Not a copy.
   */
  public double[][] opinions() {
    return opinions;
  }

  /** Copies the opinions in. For learners. */
  public void setOpinions(final double[][] values) {
    final int classes = values.length == 0 ? 0 : values[0].length;
    if (opinions.length != values.length || (classes > 0 && opinions[0].length != classes)) {
      opinions = new double[values.length][classes];
    }
    for (int o = 0; o < values.length; o++) {
      System.arraycopy(values[o], 0, opinions[o], 0, classes);
    }
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
