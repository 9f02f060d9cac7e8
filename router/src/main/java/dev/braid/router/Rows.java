package dev.braid.router;

/**
 * Many events at a time, for callers to whom each call costs: languages beside Java's. Each event
 * is learned or predicted as by the calls of {@link Learner}, one after the other.
 */
public final class Rows {
  private Rows() {}

  /**
   * Predicts.
   *
   * @param rows shape [events][features]; NaN where missing
   * @return of each event the index of the class, -1 while none is known, or the number
   */
  public static double[] predict(final Learner learner, final double[][] rows) {
    final Prediction prediction = new Prediction();
    final double[] outcomes = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      learner.predict(rows[i], prediction);
      outcomes[i] = prediction.outcome();
    }
    return outcomes;
  }

  /**
   * Predicts classes.
   *
   * @param rows shape [events][features]; NaN where missing
   * @return shape [events][classes], or of each event the number alone
   */
  public static double[][] probabilities(final Learner learner, final double[][] rows) {
    final Prediction prediction = new Prediction();
    final double[][] probabilities = new double[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      learner.predict(rows[i], prediction);
      probabilities[i] = prediction.probabilities().clone();
    }
    return probabilities;
  }

  /**
   * Learns.
   *
   * @param rows shape [events][features]; NaN where missing
   * @param targets indices of classes, or numbers, shape [events]
   */
  public static void learn(final Learner learner, final double[][] rows, final double[] targets) {
    for (int i = 0; i < rows.length; i++) {
      learner.learn(rows[i], targets[i]);
    }
  }

  /**
   * Predicts each event, then learns from it.
   *
   * @param rows shape [events][features]; NaN where missing
   * @param targets indices of classes, or numbers, shape [events]
   * @return as {@link #predict}
   */
  public static double[] testThenTrain(
      final Learner learner, final double[][] rows, final double[] targets) {
    final Prediction prediction = new Prediction();
    final double[] outcomes = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      learner.testThenTrain(rows[i], targets[i], prediction);
      outcomes[i] = prediction.outcome();
    }
    return outcomes;
  }
}
