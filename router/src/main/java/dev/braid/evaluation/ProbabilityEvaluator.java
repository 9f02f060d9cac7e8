package dev.braid.evaluation;

/**
 * How good predicted probabilities are, over the whole stream. Every measure is a mean over events;
 * NaN before the first.
 */
public final class ProbabilityEvaluator {
  /** Bins of the calibration error, as many as in the paper. */
  private static final int BINS = 15;

  /** Smallest probability that the log loss believes in: a sure mistake costs 13.8 nats. */
  private static final double LEAST = 1e-6;

  private long events;
  private double logLoss;
  private double squares;
  // Per bin of confidence: sum of the confidences, and events that were right.
  private final double[] confidence = new double[BINS];
  private final long[] right = new long[BINS];

  /**
   * Counts one event.
   *
   * @param probabilities one per class known when it was predicted, at least 0, sum 1
   * @param label index of the true class, which may not have been known then
   */
  public void add(final double[] probabilities, final int label) {
    int best = 0;
    double sum = 1;
    for (int c = 0; c < probabilities.length; c++) {
      final double p = probabilities[c];
      sum += p * p;
      best = p > probabilities[best] ? c : best;
    }
    final double ofLabel = label < probabilities.length ? probabilities[label] : 0;
    events++;
    logLoss -= StrictMath.log(Math.max(LEAST, ofLabel));
    squares += sum - 2 * ofLabel;
    if (probabilities.length > 0) {
      final int bin = (int) Math.min(BINS - 1, probabilities[best] * BINS);
      confidence[bin] += probabilities[best];
      right[bin] += best == label ? 1 : 0;
    }
  }

  /** Mean negative logarithm of the true class's probability, in nats. */
  public double logLoss() {
    return logLoss / events;
  }

  /**
   * Mean squared distance of the probabilities from the truth, summed over the classes, 0 to 2
   * (Brier, "Verification of forecasts expressed in terms of probability", 1950).
   */
  public double brier() {
    return squares / events;
  }

  /**
   * Expected calibration error: by how much the probability of the predicted class misses the share
   * of right predictions, within 15 bins of equal width, weighed by their events, 0 to 1 (Guo et
   * al., "On calibration of modern neural networks", ICML 2017, section 2).
   */
  public double calibrationError() {
    double error = 0;
    for (int bin = 0; bin < BINS; bin++) {
      error += Math.abs(right[bin] - confidence[bin]);
    }
    return error / events;
  }
}
