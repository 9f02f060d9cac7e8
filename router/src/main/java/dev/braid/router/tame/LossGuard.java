package dev.braid.router.tame;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;

/**
 * What one expert's loss usually is, and from where on it is unusual (TAME, Zhu et al. 2022): the
 * loss of each mini-batch is smoothed, and the threshold lies three deviations above the mean of
 * the smoothed losses of lately. An expert that is not active takes in no loss, so that its
 * threshold stays what it was.
 */
final class LossGuard {
  private static final double DEVIATIONS = 3;

  /** An expert that makes hardly any error would else be alarmed by the first one. */
  private static final double LEAST_DEVIATION = 0.005;

  /**
   * Where the older half of the losses lies so many deviations of the newer half above that half,
   * they are from the time when the expert began to learn, and hide what is usual for it now.
   */
  private static final double DESCENT = 2;

  /** Fewer losses say nothing about their deviation. */
  private static final int LEAST_LOSSES = 10;

  private final double smoothing;
  private final double[] window;
  private long count;
  private double smoothed = Double.NaN;

  /**
   * @param window smoothed losses that the threshold comes from
   * @param smoothing share of the newest loss in the smoothed one
   */
  LossGuard(final int window, final double smoothing) {
    this.window = new double[window];
    this.smoothing = smoothing;
  }

  private int filled() {
    return (int) Math.min(count, window.length);
  }

  private double smooth(final double loss) {
    return Double.isNaN(smoothed) ? loss : smoothing * loss + (1 - smoothing) * smoothed;
  }

  /** Whether the window was filled: the expert has seen something of its task. */
  boolean isSettled() {
    return count >= window.length;
  }

  /** Whether the next loss would lift the smoothed one above the threshold. */
  boolean isAlarming(final double loss) {
    return count >= LEAST_LOSSES && smooth(loss) > threshold();
  }

  /** Takes in the loss of a mini-batch. */
  void accept(final double loss) {
    smoothed = smooth(loss);
    window[(int) (count % window.length)] = smoothed;
    count++;
  }

  /** The expert was chosen for what comes: smoothing goes on from its loss there. */
  void resume(final double loss) {
    smoothed = loss;
  }

  /** A loss above this does not fit the expert; infinite while none was taken in. */
  double threshold() {
    int n = filled();
    if (n == 0) {
      return Double.POSITIVE_INFINITY;
    }
    double mean = mean(0, n);
    double deviation = deviation(n, mean);
    while (n >= 2 * LEAST_LOSSES) {
      final int newer = n / 2;
      final double newerMean = mean(0, newer);
      final double newerDeviation = deviation(newer, newerMean);
      if (mean(newer, n) <= newerMean + DESCENT * newerDeviation) {
        break;
      }
      n = newer;
      mean = newerMean;
      deviation = newerDeviation;
    }
    return mean + DEVIATIONS * Math.max(deviation, LEAST_DEVIATION);
  }

  /** The loss that was taken in so many losses ago. */
  private double before(final int age) {
    return window[(int) ((count - 1 - age) % window.length)];
  }

  /** Mean of the losses of ages {@code from} to {@code to}, exclusive. */
  private double mean(final int from, final int to) {
    double sum = 0;
    for (int age = from; age < to; age++) {
      sum += before(age);
    }
    return sum / (to - from);
  }

  /** Deviation of the newest {@code n} losses. */
  private double deviation(final int n, final double mean) {
    double sum = 0;
    for (int age = 0; age < n; age++) {
      sum += (before(age) - mean) * (before(age) - mean);
    }
    return Math.sqrt(sum / n);
  }

  long sizeBytes() {
    return 8L * window.length + 64;
  }

  /** Layout: losses taken in, the smoothed loss, the window as far as it is filled. */
  void write(final ImageWriter out) {
    out.putLong(count).putDouble(smoothed).putDoubles(window, filled());
  }

  void read(final ImageReader in) {
    count = in.getCount("losses taken");
    smoothed = in.getDouble();
    if (Double.isInfinite(smoothed) || (count > 0 && Double.isNaN(smoothed))) {
      throw new MalformedImageException("a smoothed loss of " + smoothed + " after " + count);
    }
    final double[] losses = in.getDoubles();
    ImageReader.requireFinite(losses, "a loss");
    if (losses.length != filled()) {
      throw new MalformedImageException(
          losses.length + " losses in a window of " + window.length + " after " + count);
    }
    System.arraycopy(losses, 0, window, 0, losses.length);
  }
}
