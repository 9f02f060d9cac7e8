package dev.braid.drift;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;

/**
 * A detector that forgets everything at an alarm. The values since the change began are known at
 * that moment; their mean stays the estimate until as many new values came, as MOA's HDDM does it.
 */
abstract class RestartingDetector implements DriftDetector {
  /** Heap bytes of this part of an object, with its header. */
  static final long BASE_BYTES = 16 + 4 * 8;

  /** Numbers beyond are taken for this one, so that no sum or square can overflow. */
  static final double LARGEST = 1e100;

  /** Values taken since the last restart. */
  long count;

  private double onsetMean;
  private long onsetCount;
  private long detections;

  /** Mean of the values since the last restart, of which there is one at least. */
  abstract double mean();

  /** Forgets what was taken. */
  abstract void restart();

  /**
   * Starts anew.
   *
   * @param mean of the values since the change began
   * @param values how many those are
   */
  final void restartFrom(final double mean, final long values) {
    onsetMean = mean;
    onsetCount = values;
    count = 0;
    restart();
  }

  /** Starts anew and counts an alarm; arguments as of {@link #restartFrom}. */
  final boolean alarm(final double mean, final long values) {
    restartFrom(mean, values);
    detections++;
    return true;
  }

  @Override
  public final double estimate() {
    return count < onsetCount ? onsetMean : count == 0 ? 0 : mean();
  }

  @Override
  public final long width() {
    return Math.max(count, onsetCount);
  }

  @Override
  public final long detections() {
    return detections;
  }

  static double limited(final double value, final double lowest, final double highest) {
    return Math.max(lowest, Math.min(highest, value));
  }

  /**
   * Writes: long values since the restart; double mean, long number at the last onset; long alarms.
   */
  final void writeBase(final ImageWriter out) {
    out.putLong(count).putDouble(onsetMean).putLong(onsetCount).putLong(detections);
  }

  final void readBase(final ImageReader in) {
    count = in.getCount("values taken");
    onsetMean = in.getDoubleIn(-LARGEST, LARGEST, "estimate after an alarm");
    onsetCount = in.getCount("values of that estimate");
    detections = in.getCount("alarms");
  }
}
