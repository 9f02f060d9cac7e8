package dev.braid.evaluation;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;

/**
 * Prequential evaluation of predicted numbers. Every measure is NaN where it is not defined yet.
 * Events of which nothing was predicted, as the first one, do not count.
 */
public final class NumberEvaluator {
  /** What is beyond could not be squared. */
  private static final double LARGEST = 1e140;

  private long events;
  private double absolute;
  private double squared;
  private double mean;
  private double variation;
  private long intervals;
  private long covered;

  /**
   * Counts one event.
   *
   * @param predicted the number predicted; NaN where none was
   * @param lower end of its interval; NaN where there was none
   * @param upper end of its interval
   * @param target what it was
   */
  public void add(
      final double predicted, final double lower, final double upper, final double target) {
    if (Double.isNaN(predicted)) {
      return;
    }
    events++;
    final double error = limited(predicted - target);
    absolute += Math.abs(error);
    squared += error * error;
    final double deviation = limited(target - mean);
    mean += deviation / events;
    variation += deviation * limited(target - mean);
    if (!Double.isNaN(lower)) {
      intervals++;
      covered += target >= lower && target <= upper ? 1 : 0;
    }
  }

  private static double limited(final double difference) {
    return Math.max(-LARGEST, Math.min(LARGEST, difference));
  }

  /** Events counted. */
  public long events() {
    return events;
  }

  /** Events counted of which an interval was predicted. */
  public long intervals() {
    return intervals;
  }

  /** Mean absolute error. */
  public double mae() {
    return absolute / events;
  }

  /** Root of the mean squared error. */
  public double rmse() {
    return Math.sqrt(squared / events);
  }

  /** One minus the squared errors over those of the targets' mean. */
  public double r2() {
    return variation > 0 ? 1 - squared / variation : Double.NaN;
  }

  /** Share of the intervals that held the target. */
  public double coverage() {
    return (double) covered / intervals;
  }

  /**
   * How large an error is beside the targets' spread, from 0 to 1: 1/2 where it is their standard
   * deviation. What watches for drift gets this.
   */
  public double relative(final double error) {
    final double spread = events > 1 ? Math.sqrt(variation / events) : 0;
    final double size = limited(Math.abs(error));
    return size == 0 ? 0 : size / (size + spread);
  }

  /** Layout: events, sums of errors, mean and variation of targets, intervals. */
  public void write(final ImageWriter out) {
    out.putLong(events).putDouble(absolute).putDouble(squared).putDouble(mean);
    out.putDouble(variation).putLong(intervals).putLong(covered);
  }

  /** Reads what {@link #write} wrote. */
  public static NumberEvaluator read(final ImageReader in) {
    final NumberEvaluator read = new NumberEvaluator();
    read.events = in.getLongIn(0, Long.MAX_VALUE, "events evaluated");
    read.absolute = in.getDoubleIn(0, Double.MAX_VALUE, "sum of errors");
    read.squared = in.getDoubleIn(0, Double.MAX_VALUE, "sum of squared errors");
    read.mean = in.getFinite("mean of targets");
    read.variation = in.getDoubleIn(0, Double.MAX_VALUE, "variation of targets");
    read.intervals = in.getLongIn(0, read.events, "intervals");
    read.covered = in.getLongIn(0, read.intervals, "intervals that held the target");
    return read;
  }
}
