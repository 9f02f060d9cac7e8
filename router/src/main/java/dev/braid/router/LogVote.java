package dev.braid.router;

import dev.braid.experts.PortableMath;
import dev.braid.image.ImageReader;
import dev.braid.image.ImageWriter;
import dev.braid.image.MalformedImageException;
import java.util.Arrays;

/**
 * A weighted sum of the experts' log probabilities. An expert's weight falls exponentially with its
 * log loss of lately above that of the best, so that the vote follows a drift within some hundred
 * events.
 */
final class LogVote {
  /** Events that the loss of lately is about. */
  private static final double MEMORY = 500;

  /** Share of each probability that is spread evenly: bounds what one certain expert can do. */
  private static final double DOUBT = 0.01;

  private final double tolerance;
  private final double[] loss;
  private final double[] weight;

  /**
   * @param experts how many vote
   * @param tolerance nats of loss above the best that divide an expert's weight by e
   */
  LogVote(final int experts, final double tolerance) {
    this.tolerance = tolerance;
    loss = new double[experts];
    weight = new double[experts];
  }

  /** One weight per expert, sums to 1; valid until the next call. */
  double[] weights() {
    double best = Double.POSITIVE_INFINITY;
    for (final double l : loss) {
      best = Math.min(best, l);
    }
    double sum = 0;
    for (int e = 0; e < loss.length; e++) {
      weight[e] = PortableMath.exp((best - loss[e]) / tolerance);
      sum += weight[e];
    }
    for (int e = 0; e < loss.length; e++) {
      weight[e] /= sum;
    }
    return weight;
  }

  /**
   * The weighted log probabilities.
   *
   * @param votes the experts' probabilities, shape [experts, classes]
   * @param logits receives one value per class
   */
  void vote(final double[][] votes, final double[] logits) {
    final double[] w = weights();
    Arrays.fill(logits, 0);
    for (int e = 0; e < loss.length; e++) {
      for (int c = 0; c < logits.length; c++) {
        logits[c] += w[e] * log(votes[e][c], logits.length);
      }
    }
  }

  private static double log(final double probability, final int classes) {
    return PortableMath.log(probability * (1 - DOUBT) + DOUBT / classes);
  }

  /** Takes in what the label says of the experts' votes. */
  void learn(final double[][] votes, final int label) {
    for (int e = 0; e < loss.length; e++) {
      loss[e] += (-log(votes[e][label], votes[e].length) - loss[e]) / MEMORY;
    }
  }

  void write(final ImageWriter out) {
    out.putDoubles(loss, loss.length);
  }

  void read(final ImageReader in) {
    final double[] losses = in.getDoubles();
    if (losses.length != loss.length) {
      throw new MalformedImageException(
          "losses of " + losses.length + " experts instead of " + loss.length);
    }
    System.arraycopy(losses, 0, loss, 0, loss.length);
  }
}
