package dev.braid.router.combine;

import dev.braid.experts.PortableMath;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;

/**
 * A log-linear opinion pool: the weighted sum of the members' log probabilities (Genest and Zidek,
 * "Combining probability distributions", Statistical Science 1986, section 3). A member's weight
 * falls exponentially with its log loss of lately above that of the best, as in exponentially
 * weighted forecasting, so that the pool follows a drift within some hundred events.
 */
final class LogOpinionPool {
  /** Events that the loss of lately is about, for those who have no reason to choose another. */
  static final double MEMORY = 500;

  /** Share of each probability that is spread evenly: bounds what one certain member can do. */
  private static final double DOUBT = 0.01;

  private final double tolerance;
  private final double memory;
  private final double[] loss;
  private final double[] weight;

  /**
   * @param tolerance nats of loss above the best that divide a member's weight by e
   * @param memory events that the loss of lately is about
   */
  LogOpinionPool(final int members, final double tolerance, final double memory) {
    this.tolerance = tolerance;
    this.memory = memory;
    loss = new double[members];
    weight = new double[members];
  }

  /**
   * The logs that members are counted by.
   *
   * @param probabilities flat, shape [members, classes] from {@code from} on
   * @param logs receives them, shape [members * classes]
   */
  static void logs(
      final double[] probabilities, final int from, final int classes, final double[] logs) {
    for (int i = 0; i < logs.length; i++) {
      logs[i] = PortableMath.log(probabilities[from + i] * (1 - DOUBT) + DOUBT / classes);
    }
  }

  /** One weight per member, sums to 1; valid until the next call. */
  double[] weights() {
    double best = Double.POSITIVE_INFINITY;
    for (final double l : loss) {
      best = Math.min(best, l);
    }
    double sum = 0;
    for (int m = 0; m < loss.length; m++) {
      weight[m] = PortableMath.exp((best - loss[m]) / tolerance);
      sum += weight[m];
    }
    for (int m = 0; m < loss.length; m++) {
      weight[m] /= sum;
    }
    return weight;
  }

  /**
   * The weighted log probabilities.
   *
   * @param logs by {@link #logs}
   * @param logits receives one value per class
   */
  void combine(final double[] logs, final double[] logits) {
    final double[] w = weights();
    Arrays.fill(logits, 0);
    int i = 0;
    for (int m = 0; m < loss.length; m++) {
      for (int c = 0; c < logits.length; c++) {
        logits[c] += w[m] * logs[i++];
      }
    }
  }

  /**
   * Takes in what the label says of the members.
   *
   * @param logs by {@link #logs}
   * @param eventWeight how often the event counts, at most as often as the memory is long
   */
  void learn(final double[] logs, final int label, final double eventWeight) {
    final int classes = loss.length == 0 ? 0 : logs.length / loss.length;
    final double share = Math.min(memory, eventWeight);
    for (int m = 0; m < loss.length; m++) {
      loss[m] += share * (-logs[m * classes + label] - loss[m]) / memory;
    }
  }

  /** Goes on from where another pool of as many members is. */
  void copy(final LogOpinionPool other) {
    System.arraycopy(other.loss, 0, loss, 0, loss.length);
  }

  long sizeBytes() {
    return 48 + 16L * loss.length;
  }

  void write(final ImageWriter out) {
    out.putDoubles(loss, loss.length);
  }

  void read(final ImageReader in) {
    final double[] losses = in.getDoubles();
    if (losses.length != loss.length) {
      throw new MalformedImageException(
          "losses of " + losses.length + " members instead of " + loss.length);
    }
    System.arraycopy(losses, 0, loss, 0, loss.length);
  }
}
