package dev.braid.evaluation;

import dev.braid.experts.PortableMath;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;

/** Mean log loss: minus the natural logarithm of the probability that the label was given. */
public final class LogLoss {
  /** Smaller probabilities count as this one, so that one certain error does not outweigh all. */
  public static final double LEAST = 1e-6;

  private long events;
  private double sum;

  /**
   * The loss of one prediction.
   *
   * @param probability of the label, 0 to 1
   */
  public static double of(final double probability) {
    return -PortableMath.log(Math.max(LEAST, probability));
  }

  /**
   * Counts one event.
   *
   * @param probability that its label was given, 0 to 1; NaN where that is not known, and nothing
   *     is counted
   */
  public void add(final double probability) {
    if (!Double.isNaN(probability)) {
      events++;
      sum += of(probability);
    }
  }

  /** The mean over all events counted; NaN where there was none. */
  public double mean() {
    return events == 0 ? Double.NaN : sum / events;
  }

  /** Writes everything as part of another image: how many events, and the sum of their losses. */
  public void write(final ImageWriter out) {
    out.putLong(events).putDouble(sum);
  }

  /** Reads what {@link #write} wrote. */
  public static LogLoss read(final ImageReader in) {
    final LogLoss loss = new LogLoss();
    loss.events = in.getCount("events with a log loss");
    loss.sum = in.getDoubleIn(0, Double.MAX_VALUE, "sum of log losses");
    return loss;
  }
}
