package dev.braid.data;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;

/**
 * Range, mean and deviation of a target that is a number, none of which a few absurd values can
 * move (winsorizing, after Dixon, "Simplified Estimation from Censored Normal Samples", Annals of
 * Mathematical Statistics 1960).
 *
 * <p>The usual range reaches over the last 64 values but the two lowest and the two highest, and
 * over what it was before, of which it gives up the ten-thousandth part with each value. A value
 * counts as the nearest that lies within one width of the range: so that one outlier moves little,
 * and three within 64 values are no outliers but where the stream is now.
 *
 * <p>Not thread-safe. Deterministic; all of it is state.
 */
public final class TargetScale {
  private static final int RECENT = 64;

  /** Values at each end of the recent ones that do not count. */
  private static final int SPARED = 2;

  /** Of so many values one is spared at each end while there are few. */
  private static final int SPARED_OF = 8;

  private static final double NARROWED = 1e-4;

  /** Mean and deviation follow about so many values. */
  private static final double MEMORY = 10_000;

  /** Beyond this the sum of many squares would overflow. */
  private static final double LARGEST = 1e140;

  /** A range that becomes so many times narrower was none. */
  private static final double COLLAPSED = 1000;

  /** Deviations beyond which a standardised value is cut off. */
  private static final double CLIP = 10;

  /** Deviations beyond which an error counts no more. */
  private static final double FARTHEST = 3;

  private final double[] recent = new double[RECENT];
  private long count;
  private double low;
  private double high;
  private double mean;
  private double variance;

  // What the recent values alone reach over, spared ones apart; found again from them.
  private double recentLow;
  private double recentHigh;
  private final double[] lowest = new double[SPARED + 1];
  private final double[] highest = new double[SPARED + 1];

  /** Values taken in. */
  public long count() {
    return count;
  }

  /** Mean of about the last ten thousand values; 0 before there is one. */
  public double mean() {
    return mean;
  }

  /** Standard deviation of about the last ten thousand values; 0 where they never differed. */
  public double deviation() {
    // What rounding leaves of equal values is no deviation.
    return variance > 1e-24 * mean * mean ? Math.sqrt(variance) : 0;
  }

  /** The value itself, or the nearest that is no absurd one. */
  public double clip(final double value) {
    final double limited = limited(value, -LARGEST, LARGEST);
    if (count == 0) {
      return limited;
    }
    final double margin = margin();
    return limited(limited, low - margin, high + margin);
  }

  /** A prediction that is finite and within one width of the usual range. */
  public double limit(final double prediction) {
    return Double.isNaN(prediction) ? mean : clip(prediction);
  }

  private double margin() {
    return high > low ? high - low : Math.abs(high);
  }

  /** How many deviations a value lies above the mean, at most ten either way. */
  public double standardise(final double value) {
    final double deviation = deviation();
    return deviation > 0 ? limited((clip(value) - mean) / deviation, -CLIP, CLIP) : 0;
  }

  /** How many deviations a prediction lies above a target, at most three either way. */
  public double error(final double predicted, final double target) {
    final double error = standardise(predicted) - standardise(target);
    return Math.max(-FARTHEST, Math.min(FARTHEST, error));
  }

  /** The value that lies so many deviations above the mean, {@link #limit limited}. */
  public double restore(final double deviations) {
    return limit(mean + deviations * deviation());
  }

  /**
   * Takes in the target of a labelled event.
   *
   * @return whether the values before turn out to have been absurd ones, so that what was learned
   *     of them is worth nothing; only among the first 64
   */
  public boolean learn(final double value) {
    final double limited = limited(value, -LARGEST, LARGEST);
    final int slot = (int) (count % RECENT);
    final double leaving = recent[slot];
    recent[slot] = limited;
    count++;
    if (count <= RECENT) {
      final double before = high - low;
      settle();
      return before > COLLAPSED * (high - low);
    }
    if (!isInside(leaving) || !isInside(limited)) {
      findRecentRange();
    }
    final double narrower = (high - low) * NARROWED;
    low = Math.min(recentLow, low + narrower);
    high = Math.max(recentHigh, high - narrower);
    final double taken = clip(limited);
    final double share = 1 / Math.min((double) count, MEMORY);
    final double delta = taken - mean;
    mean += delta * share;
    variance += (delta * (taken - mean) - variance) * share;
    return false;
  }

  private boolean isInside(final double value) {
    return value > recentLow && value < recentHigh;
  }

  /** While there are few values all of them are looked at anew: the first may be an absurd one. */
  private void settle() {
    findRecentRange();
    low = recentLow;
    high = recentHigh;
    mean = 0;
    variance = 0;
    for (int i = 0; i < count; i++) {
      final double taken = clip(recent[i]);
      final double delta = taken - mean;
      mean += delta / (i + 1);
      variance += (delta * (taken - mean) - variance) / (i + 1);
    }
  }

  private void findRecentRange() {
    final int held = (int) Math.min(count, RECENT);
    final int spared = Math.min(SPARED, held / SPARED_OF);
    for (int i = 0; i <= spared; i++) {
      lowest[i] = Double.POSITIVE_INFINITY;
      highest[i] = Double.NEGATIVE_INFINITY;
    }
    for (int i = 0; i < held; i++) {
      final double value = recent[i];
      if (value < lowest[spared]) {
        int at = spared;
        for (; at > 0 && lowest[at - 1] > value; at--) {
          lowest[at] = lowest[at - 1];
        }
        lowest[at] = value;
      }
      if (value > highest[spared]) {
        int at = spared;
        for (; at > 0 && highest[at - 1] < value; at--) {
          highest[at] = highest[at - 1];
        }
        highest[at] = value;
      }
    }
    recentLow = lowest[spared];
    recentHigh = highest[spared];
  }

  private static double limited(final double value, final double lowest, final double highest) {
    return Math.max(lowest, Math.min(highest, value));
  }

  /** Heap bytes held. */
  public long sizeBytes() {
    return 176 + 8L * (RECENT + 2 * (SPARED + 1));
  }

  /** Layout: values taken in, range, mean, variance, the recent values by slot. */
  public void write(final ImageWriter out) {
    out.putLong(count).putDouble(low).putDouble(high).putDouble(mean).putDouble(variance);
    out.putDoubles(recent, (int) Math.min(count, RECENT));
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws MalformedImageException if it cannot have been written
   */
  public void read(final ImageReader in) {
    count = in.getCount("values of the target");
    low = in.getDoubleIn(-LARGEST, LARGEST, "lower end of the target's range");
    high = in.getDoubleIn(low, LARGEST, "upper end of the target's range");
    mean = in.getDoubleIn(-LARGEST, LARGEST, "mean of the target");
    variance = in.getDoubleIn(0, Double.MAX_VALUE, "variance of the target");
    final int held = (int) Math.min(count, RECENT);
    in.getDoubles(recent, 0, held);
    ImageReader.requireIn(recent, -LARGEST, LARGEST, "a recent target");
    if (held > 0) {
      findRecentRange();
    }
  }
}
