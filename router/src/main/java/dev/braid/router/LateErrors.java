package dev.braid.router;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;

/**
 * Quantiles of the errors of predictions whose labels come late.
 *
 * <p>What the newest errors were like was known too late to be of use, so that nothing is followed
 * fast here: the quantiles are those of a sample of the last errors over a span of some delays
 * (conformal prediction over a window, extended to predictions some steps ahead: Wang and Hyndman,
 * "Online conformal inference for multi-step time series forecasting", 2024), at a level that moves
 * against the number of intervals that held beyond those asked for (Gibbs and Candes, "Adaptive
 * conformal inference under distribution shift", NeurIPS 2021). A loop that steers by what lies a
 * delay back would swing if it did not know what it has set off already: the intervals that wait
 * for their labels were given at moved levels too, and what they are expected to hold beyond those
 * asked for counts as if it were seen (Smith, "Closer control of loops with dead time", Chemical
 * Engineering Progress 1957). What the intervals whose labels are known held beyond what was
 * expected of them, those that wait are expected to hold too: where errors grow all the time they
 * would hold too little else (Garcia and Morari, "Internal model control", Industrial and
 * Engineering Chemistry Process Design and Development 1982).
 *
 * <p>Errors of predictions made at about the same time have the same reasons: of a span of four
 * delays there are hardly more than four that know nothing of each other. Of so few the quantiles
 * are too narrow, and are widened by a share that falls with their number.
 *
 * <p>The errors are those of the predictions as they were given, and an interval held if the one
 * that was given did.
 */
final class LateErrors {
  /** Errors kept. */
  private static final int MOST = 768;

  /** Delays that the sample is to span. */
  private static final double SPAN = 4;

  /** Step of the level, by an interval that did or did not hold, times the delay. */
  private static final double STEP = 4;

  /** Delay below which the step grows no more. */
  private static final double SHORT = 50;

  /** Errors that the mean delay is about. */
  private static final double MEMORY = 200;

  /** Share of what intervals held beyond what was expected that those that wait will, too. */
  private static final double FORESEEN = 0.8;

  /** The share outside is kept between these multiples of the one asked for. */
  private static final double LEAST_OUTSIDE = 0.1;

  private static final double MOST_OUTSIDE = 3;

  /** Share by which quantiles are widened, times the delays that the sample spans; and the most. */
  private static final double WIDENED = 0.3;

  private static final double WIDEST = 2;

  private double delay;
  private double seen;

  /** Intervals that held, beyond those asked for. */
  private double excess;

  /** The same as an interval that waits is expected to add to it, on the mean. */
  private double planned;

  /** What {@link #planned} was of the intervals whose labels come now. */
  private double plannedThen;

  /** Intervals of lately that held, beyond those asked for, on the mean. */
  private double found;

  /** One of so many errors is kept, a power of two. */
  private int stride = 1;

  /** Errors since the last one that was kept. */
  private int skipped;

  private int count;

  /** The oldest first. */
  private final double[] errors = new double[MOST];

  private final double[] sorted = new double[MOST];

  /** Whether labels are late. */
  boolean areLate() {
    return delay > 0.5;
  }

  /**
   * Takes an error in.
   *
   * @param error finite
   * @param late labels that came between the event and its own
   */
  void learn(final double error, final double late) {
    seen = Math.min(MEMORY, seen + 1);
    delay += (late - delay) / seen;
    if (++skipped >= stride) {
      skipped = 0;
      keep(error);
    }
  }

  private void keep(final double error) {
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
   * Takes in whether an interval held.
   *
   * @param level share that is to hold
   */
  void count(final boolean held, final double level) {
    final double most = steps() / 2;
    excess = Math.max(-most, Math.min(most, excess + (held ? 1 : 0) - level));
    plannedThen += (planned - plannedThen) / steps();
    found += ((held ? 1 : 0) - level - found) / steps();
    planned += ((1 - level) * (1 - outside(level)) - planned) / steps();
  }

  /** Intervals that wait, at the least so many that the level does not jump. */
  private double steps() {
    return Math.max(SHORT, delay);
  }

  /** The share that is to lie outside now, in multiples of the one asked for. */
  private double outside(final double interval) {
    final double unforeseen = FORESEEN * (found - plannedThen);
    final double expected = excess + steps() * (planned + unforeseen);
    final double moved = 1 + STEP / steps() * expected / (1 - interval);
    return Math.max(LEAST_OUTSIDE, Math.min(MOST_OUTSIDE, moved));
  }

  /**
   * The errors' quantile, moved against the intervals that held beyond those asked for.
   *
   * @param level of the quantile, between 0 and 1
   * @param interval share of intervals that is to hold
   */
  double quantile(final double level, final double interval) {
    final double tail = Math.min(0.5, Math.min(level, 1 - level) * outside(interval));
    final double at = (level < 0.5 ? tail : 1 - tail) * (count + 1) - 1;
    final int below = (int) Math.max(0, Math.min(count - 1, Math.floor(at)));
    final int above = Math.min(count - 1, below + 1);
    final double share = Math.max(0, Math.min(1, at - below));
    final double wider = Math.min(WIDEST, 1 + WIDENED * steps() / (count * (double) stride));
    return wider * (sorted[below] + share * (sorted[above] - sorted[below]));
  }

  static long sizeBytes() {
    return 120 + 2L * Double.BYTES * MOST;
  }

  /**
   * Layout: mean delay, errors it is about, excess, planned now and then, found, stride, errors
   * skipped and kept.
   */
  void write(final ImageWriter out) {
    out.putDouble(delay).putDouble(seen).putDouble(excess).putDouble(planned);
    out.putDouble(plannedThen).putDouble(found);
    out.putInt(stride).putInt(skipped);
    out.putDoubles(errors, count);
  }

  void read(final ImageReader in) {
    delay = in.getDoubleIn(0, Double.MAX_VALUE, "delay of labels");
    seen = in.getDoubleIn(0, MEMORY, "delays of labels");
    excess = in.getDoubleIn(-Double.MAX_VALUE, Double.MAX_VALUE, "excess of intervals that held");
    planned = in.getDoubleIn(-MOST_OUTSIDE, 1, "excess of intervals that wait");
    plannedThen = in.getDoubleIn(-MOST_OUTSIDE, 1, "excess of intervals that waited");
    found = in.getDoubleIn(-1, 1, "mean excess of intervals that held");
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
