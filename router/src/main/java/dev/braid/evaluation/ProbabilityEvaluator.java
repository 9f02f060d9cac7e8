package dev.braid.evaluation;

import dev.braid.experts.PortableMath;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;

/**
 * How good predicted probabilities are, over all events counted. Every measure is a mean over
 * events; NaN before the first.
 */
public final class ProbabilityEvaluator {
  /** Smaller probabilities count as this one, so that one certain error does not outweigh all. */
  public static final double LEAST = 1e-6;

  /** Bins of the calibration error, as many as in the paper. */
  private static final int BINS = 15;

  private long events;
  private double logLoss;
  private double squares;
  // Per bin of confidence: sum of the confidences, and events that were right.
  private final double[] confidence = new double[BINS];
  private final long[] right = new long[BINS];

  /**
   * The log loss of one prediction.
   *
   * @param probability that the label was given, 0 to 1
   */
  public static double logLoss(final double probability) {
    return -PortableMath.log(Math.max(LEAST, Math.min(1, probability)));
  }

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
    logLoss += logLoss(ofLabel);
    squares += Math.max(0, sum - 2 * ofLabel);
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
   * Expected calibration error: by how much the probability of the most probable class misses the
   * share of events that are of it, within 15 bins of equal width, weighed by their events, 0 to 1
   * (Guo et al., "On calibration of modern neural networks", ICML 2017, section 2).
   */
  public double calibrationError() {
    double error = 0;
    for (int bin = 0; bin < BINS; bin++) {
      error += Math.abs(right[bin] - confidence[bin]);
    }
    return error / events;
  }

  /**
   * Writes everything as part of another image: events, sums of losses and squares, which bins of
   * confidence were met, as bits, and of each of these the sum of the confidences and how many
   * events were right.
   */
  public void write(final ImageWriter out) {
    int met = 0;
    for (int bin = 0; bin < BINS; bin++) {
      met |= confidence[bin] > 0 ? 1 << bin : 0;
    }
    out.putLong(events).putDouble(logLoss).putDouble(squares).putInt(met);
    for (int bin = 0; bin < BINS; bin++) {
      if (confidence[bin] > 0) {
        out.putDouble(confidence[bin]).putLong(right[bin]);
      }
    }
  }

  /** Reads what {@link #write} wrote. */
  public static ProbabilityEvaluator read(final ImageReader in) {
    final ProbabilityEvaluator read = new ProbabilityEvaluator();
    read.events = in.getCount("events with probabilities");
    read.logLoss = in.getDoubleIn(0, Double.MAX_VALUE, "sum of log losses");
    read.squares = in.getDoubleIn(0, Double.MAX_VALUE, "sum of squared distances");
    final int met = in.getIntIn(0, (1 << BINS) - 1, "bins of confidence");
    for (int bin = 0; bin < BINS; bin++) {
      if ((met & 1 << bin) != 0) {
        read.confidence[bin] = in.getDoubleIn(0, Double.MAX_VALUE, "sum of confidences");
        read.right[bin] = in.getLongIn(0, read.events, "events that were right");
      }
    }
    return read;
  }
}
