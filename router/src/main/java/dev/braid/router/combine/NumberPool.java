package dev.braid.router.combine;

import dev.braid.experts.PortableMath;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.Arrays;

/**
 * The log-linear opinion pool of numbers: each member's number is the middle of a normal
 * distribution as wide as its errors of lately were, and the weighted sum of their logs has its
 * middle where this puts out (Genest and Zidek, "Combining probability distributions", Statistical
 * Science 1986, section 3). A member's weight falls exponentially with its log loss of lately above
 * that of the best; the loss is that of a Student's t distribution, so that a member is not
 * condemned for one outlier.
 */
final class NumberPool {
  /** Events that the loss of lately is about, for those who have no reason to choose another. */
  static final double MEMORY = 500;

  /** Nats of loss above the best that divide the weight by e, between members close to another. */
  static final double CLOSE = 0.05;

  /** A scale is at least this part of the largest one: a member that was never wrong yet. */
  private static final double SMALLEST = 1e-6;

  private final double tolerance;
  private final double memory;
  private final double[] loss;
  private final double[] weight;
  private final ErrorScale[] scales;

  /**
   * @param tolerance nats of loss above the best that divide a member's weight by e
   * @param memory events that the loss of lately is about
   */
  NumberPool(final int members, final double tolerance, final double memory) {
    this.tolerance = tolerance;
    this.memory = memory;
    loss = new double[members];
    weight = new double[members];
    scales = new ErrorScale[members];
    Arrays.setAll(scales, m -> new ErrorScale(memory));
  }

  /** The least scale that a member is taken to have; 0 while nobody was ever wrong. */
  private double leastScale() {
    double largest = 0;
    for (final ErrorScale scale : scales) {
      largest = Math.max(largest, scale.value());
    }
    return largest * SMALLEST;
  }

  /** One weight per member, sums to 1; valid until the next call. */
  double[] weights() {
    double best = Double.POSITIVE_INFINITY;
    for (final double l : loss) {
      best = Math.min(best, l);
    }
    final double least = leastScale();
    double narrowest = Double.POSITIVE_INFINITY;
    for (final ErrorScale scale : scales) {
      narrowest = Math.min(narrowest, Math.max(least, scale.value()));
    }
    double sum = 0;
    for (int m = 0; m < loss.length; m++) {
      final double width = least == 0 ? 1 : narrowest / Math.max(least, scales[m].value());
      weight[m] = PortableMath.exp((best - loss[m]) / tolerance) * width * width;
      sum += weight[m];
    }
    for (int m = 0; m < loss.length; m++) {
      weight[m] /= sum;
    }
    return weight;
  }

  /**
   * The members' number.
   *
   * @param predictions of the members from {@code from} on
   */
  double combine(final double[] predictions, final int from) {
    final double[] w = weights();
    double sum = 0;
    for (int m = 0; m < w.length; m++) {
      sum += w[m] * predictions[from + m];
    }
    return sum;
  }

  /**
   * Takes in what the target says of the members.
   *
   * @param eventWeight how often the event counts, at most as often as the memory is long
   */
  void learn(
      final double[] predictions, final int from, final double target, final double eventWeight) {
    final double share = Math.min(memory, eventWeight);
    final double least = leastScale();
    double common = 0;
    for (int m = 0; m < loss.length; m++) {
      common += least > 0 ? PortableMath.log(Math.max(least, scales[m].value())) / loss.length : 0;
    }
    for (int m = 0; m < loss.length; m++) {
      final double error = predictions[from + m] - target;
      if (least > 0) {
        final double scale = Math.max(least, scales[m].value());
        loss[m] += share * (ErrorScale.loss(error, scale) - common - loss[m]) / memory;
      }
      scales[m].learn(error, share);
    }
  }

  /** Goes on from where another pool of as many members is. */
  void copy(final NumberPool other) {
    System.arraycopy(other.loss, 0, loss, 0, loss.length);
    for (int m = 0; m < loss.length; m++) {
      scales[m].copy(other.scales[m]);
    }
  }

  long sizeBytes() {
    return 64 + 64L * loss.length;
  }

  void write(final ImageWriter out) {
    for (int m = 0; m < loss.length; m++) {
      out.putDouble(loss[m]);
      scales[m].write(out);
    }
  }

  void read(final ImageReader in) {
    for (int m = 0; m < loss.length; m++) {
      loss[m] = in.getDouble();
      scales[m].read(in);
    }
  }
}
