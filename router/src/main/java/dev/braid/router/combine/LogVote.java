package dev.braid.router.combine;

import dev.braid.experts.PortableMath;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.Arrays;

/**
 * A weighted sum of log probabilities of several voters. A voter's weight falls exponentially with
 * its log loss of lately above that of the best, so that the vote follows a drift within some
 * hundred events.
 */
public final class LogVote {
  /** Events that the loss of lately is about. */
  private static final double MEMORY = 500;

  /** Share of each probability that is spread evenly: bounds what one certain voter can do. */
  private static final double DOUBT = 0.01;

  private final double tolerance;
  private final double[] loss;
  private final double[] weight;

  /**
   * @param voters how many vote
   * @param tolerance nats of loss above the best that divide a voter's weight by e
   */
  public LogVote(final int voters, final double tolerance) {
    this.tolerance = tolerance;
    loss = new double[voters];
    weight = new double[voters];
  }

  /**
   * The logs that voters are counted by.
   *
   * @param probabilities of the voters, shape [voters or more, classes]
   * @param logs receives them, shape [voters, classes]
   */
  public static void logs(final double[][] probabilities, final double[][] logs) {
    for (int v = 0; v < logs.length; v++) {
      final int classes = logs[v].length;
      for (int c = 0; c < classes; c++) {
        logs[v][c] = PortableMath.log(probabilities[v][c] * (1 - DOUBT) + DOUBT / classes);
      }
    }
  }

  /** One weight per voter, sums to 1; valid until the next call. */
  public double[] weights() {
    double best = Double.POSITIVE_INFINITY;
    for (final double l : loss) {
      best = Math.min(best, l);
    }
    double sum = 0;
    for (int v = 0; v < loss.length; v++) {
      weight[v] = PortableMath.exp((best - loss[v]) / tolerance);
      sum += weight[v];
    }
    for (int v = 0; v < loss.length; v++) {
      weight[v] /= sum;
    }
    return weight;
  }

  /**
   * The weighted log probabilities.
   *
   * @param logs by {@link #logs}
   * @param logits receives one value per class
   */
  public void vote(final double[][] logs, final double[] logits) {
    final double[] w = weights();
    Arrays.fill(logits, 0);
    for (int v = 0; v < loss.length; v++) {
      for (int c = 0; c < logits.length; c++) {
        logits[c] += w[v] * logs[v][c];
      }
    }
  }

  /**
   * Takes in what the label says of the voters.
   *
   * @param logs by {@link #logs}
   */
  public void learn(final double[][] logs, final int label) {
    for (int v = 0; v < loss.length; v++) {
      loss[v] += (-logs[v][label] - loss[v]) / MEMORY;
    }
  }

  /** Goes on from where another vote of as many voters is. */
  public void copy(final LogVote other) {
    System.arraycopy(other.loss, 0, loss, 0, loss.length);
  }

  public void write(final ImageWriter out) {
    out.putDoubles(loss, loss.length);
  }

  public void read(final ImageReader in) {
    in.getDoubles(loss, 0, loss.length);
    ImageReader.requireFinite(loss, "a voter's loss");
  }
}
