package dev.braid.router;

import java.util.Arrays;

/**
 * What a learner says about one event; the caller owns it and passes it in again, so that
 * predicting allocates nothing. The arrays grow with the schema and the pool.
 *
 * <p>Where the target is a class it has a {@link #label} and {@link #probabilities}; where it is a
 * number it has the {@link #number} and, once enough targets were learned, its {@link #quantiles}.
 */
public final class Prediction {
  private double[] values = new double[0];
  private double[] quantiles = new double[0];
  private double[] weights = new double[0];
  private double[] memberPredictions = new double[0];
  private double known = Double.NaN;
  private double unit = Double.NaN;

  /** The class that is best for the objective, or -1 for the most probable one. */
  private int named = -1;

  /**
   * Index of the class named: the one that is best for the learner's objective, by default the most
   * probable one; the lowest one on a tie; -1 while no class is known.
   */
  public int label() {
    int best = named;
    for (int c = 0; named < 0 && c < values.length; c++) {
      if (best < 0 || values[c] > values[best]) {
        best = c;
      }
    }
    return best;
  }

  /** Names the class that is best for the objective. For learners, after {@link #shape}. */
  void name(final int label) {
    named = label;
  }

  /** Probability per class of the learner's schema, shape [classes], sums to 1. Not a copy. */
  public double[] probabilities() {
    return values;
  }

  /** The number predicted; NaN while none was learned. */
  public double number() {
    return values.length == 1 ? values[0] : Double.NaN;
  }

  /** Where the target is a number: takes it in. For learners. */
  void setNumber(final double number) {
    values[0] = number;
  }

  /**
   * Where the target is a number: its quantiles at {@link Learner#levels}, of which the first two
   * are the ends of the interval; NaN while too few targets were learned. Empty where it is a
   * class. Not a copy.
   */
  public double[] quantiles() {
    return quantiles;
  }

  /** Lower end of the interval of a number; NaN while too few targets were learned. */
  public double lower() {
    return quantiles[0];
  }

  /** Upper end of the interval of a number; NaN while too few targets were learned. */
  public double upper() {
    return quantiles[1];
  }

  /** The index of the class, or the number: what a label is compared with. */
  public double outcome() {
    return quantiles.length > 0 ? number() : label();
  }

  /** What each expert weighs in it, shape [experts], at least 0, sums to 1. Not a copy. */
  public double[] weights() {
    return weights;
  }

  /**
   * The experts' predictions that this one was made from, for learners that ask all their experts;
   * else empty. Flat: one row per expert, then what else the learner wants to see again when the
   * label comes late, each as long as the probabilities, or one number. Not a copy.
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

  /** Where the target is a number: how many were learned before; NaN where that is not known. */
  double known() {
    return known;
  }

  /** Where the target is a number: takes in how many were learned before. For learners. */
  void setKnown(final double targets) {
    known = targets;
  }

  /** Where the target is a number: as {@link LateErrors#unit}; NaN where that is not known. */
  double unit() {
    return unit;
  }

  /** Where the target is a number: takes in {@link LateErrors#unit}. For learners. */
  void setUnit(final double size) {
    unit = size;
  }

  /**
   * What {@link #recall} needs of a number: the ends of its interval, how many targets were learned
   * before, and how far what was said then was off.
   */
  public double[] recollection() {
    return new double[] {lower(), upper(), known, unit};
  }

  /**
   * Makes this what was said of an event before.
   *
   * @param number as {@link #number}
   * @param recollection as {@link #recollection}; empty where nothing more is known of it
   */
  public void recall(final double number, final double[] recollection) {
    if (values.length != 1) {
      values = new double[1];
    }
    values[0] = number;
    final boolean more = recollection.length == 4;
    known = more ? recollection[2] : Double.NaN;
    unit = more ? recollection[3] : Double.NaN;
    if (quantiles.length < 2) {
      quantiles = more ? new double[2] : quantiles;
    }
    for (int q = 0; q < Math.min(2, quantiles.length); q++) {
      quantiles[q] = more ? recollection[q] : Double.NaN;
    }
  }

  /**
   * Makes the arrays fit; their content is undefined afterwards. For learners.
   *
   * @param width values of a prediction: one per class, or one
   * @param levels quantiles of a number
   */
  void shape(final int width, final int experts, final int levels) {
    named = -1;
    if (values.length != width) {
      values = new double[width];
    }
    if (weights.length != experts) {
      weights = new double[experts];
    }
    if (quantiles.length != levels) {
      quantiles = new double[levels];
    }
  }

  @Override
  public String toString() {
    return (quantiles.length > 0
            ? number() + " within " + Arrays.toString(quantiles)
            : "class " + label() + " of " + Arrays.toString(values))
        + ", experts "
        + Arrays.toString(weights);
  }
}
