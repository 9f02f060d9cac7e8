package dev.braid.router;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;

/** A sample of the last errors, in their order, that spans some delays of labels. */
final class ErrorSample {
  /** Errors kept. */
  private static final int MOST = 768;

  /** Delays that the sample is to span. */
  private static final double SPAN = 4;

  /** Share by which quantiles are widened, times the delays that the sample spans; and the most. */
  private static final double WIDENED = 0.3;

  private static final double WIDEST = 2;

  /** One of so many errors is kept, a power of two. */
  private int stride = 1;

  /** Errors since the last one that was kept. */
  private int skipped;

  private int count;

  /** The oldest first. */
  private final double[] errors = new double[MOST];

  private final double[] sorted = new double[MOST];

  /** Errors kept. */
  int count() {
    return count;
  }

  /**
   * Takes an error in.
   *
   * @param error finite
   * @param delay of labels, on the mean
   */
  void learn(final double error, final double delay) {
    if (++skipped >= stride) {
      skipped = 0;
      keep(error, delay);
    }
  }

  private void keep(final double error, final double delay) {
    if (count == MOST && MOST * (double) stride < SPAN * delay) {
      thin();
    }
    if (count == MOST) {
      final int at = Arrays.binarySearch(sorted, errors[0]);
      System.arraycopy(sorted, at + 1, sorted, at, MOST - 1 - at);
      System.arraycopy(errors, 1, errors, 0, MOST - 1);
      count--;
    }
    final int found = Arrays.binarySearch(sorted, 0, count, error);
    final int at = found < 0 ? -1 - found : found;
    System.arraycopy(sorted, at, sorted, at + 1, count - at);
    sorted[at] = error;
    errors[count++] = error;
  }

  /** Every other error goes. */
  private void thin() {
    count = MOST / 2;
    for (int i = 0; i < count; i++) {
      errors[i] = errors[2 * i + 1];
    }
    stride *= 2;
    sort();
  }

  private void sort() {
    System.arraycopy(errors, 0, sorted, 0, count);
    Arrays.sort(sorted, 0, count);
  }

  /**
   * A quantile of the errors, widened by a share that falls with the delays that they span.
   *
   * @param level between 0 and 1
   * @param delay of labels, on the mean
   */
  double quantile(final double level, final double delay) {
    final double at = level * (count + 1) - 1;
    final int below = (int) Math.max(0, Math.min(count - 1, Math.floor(at)));
    final int above = Math.min(count - 1, below + 1);
    final double share = Math.max(0, Math.min(1, at - below));
    final double wider = Math.min(WIDEST, 1 + WIDENED * delay / (count * (double) stride));
    return wider * (sorted[below] + share * (sorted[above] - sorted[below]));
  }

  static long sizeBytes() {
    return 48 + 2L * Double.BYTES * MOST;
  }

  /** Layout: stride, errors skipped and kept. */
  void write(final ImageWriter out) {
    out.putInt(stride).putInt(skipped);
    out.putDoubles(errors, count);
  }

  void read(final ImageReader in) {
    stride = in.getIntIn(1, 1 << 30, "stride of errors");
    skipped = in.getIntIn(0, stride, "errors skipped");
    final double[] saved = in.getDoubles();
    if (saved.length > MOST) {
      throw new MalformedImageException(saved.length + " errors, " + MOST + " at the most");
    }
    count = saved.length;
    for (int i = 0; i < count; i++) {
      if (!Double.isFinite(saved[i])) {
        throw new MalformedImageException("error " + saved[i]);
      }
      errors[i] = saved[i];
    }
    sort();
  }
}
