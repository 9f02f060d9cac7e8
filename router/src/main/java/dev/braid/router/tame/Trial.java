package dev.braid.router.tame;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;

/**
 * The losses of all experts on the same events, from which one of them is chosen. The events of the
 * alarm itself say who predicts during the trial, but do not count: they were picked for being bad.
 */
final class Trial {
  private boolean running;
  private int events;
  // Shape [experts]: losses since the alarm's batch began, since it ended, and squares of the
  // latter.
  private double[] since = new double[0];
  private double[] sum = new double[0];
  private double[] squares = new double[0];

  boolean isRunning() {
    return running;
  }

  void begin(final int experts) {
    running = true;
    events = 0;
    since = new double[experts];
    sum = new double[experts];
    squares = new double[experts];
  }

  void end() {
    running = false;
  }

  /** An expert's loss on an event of the alarm. */
  void add(final int expert, final double loss) {
    since[expert] += loss;
  }

  /** An expert's loss on an event after the alarm. */
  void count(final int expert, final double loss) {
    since[expert] += loss;
    sum[expert] += loss;
    squares[expert] += loss * loss;
  }

  /** All experts were counted on one more event. */
  void nextEvent() {
    events++;
  }

  /** Who lost least so far. */
  int leader() {
    return least(since);
  }

  /** Who lost least on the events that count. */
  int nearest() {
    return least(sum);
  }

  private static int least(final double[] losses) {
    int best = 0;
    for (int e = 1; e < losses.length; e++) {
      if (losses[e] < losses[best]) {
        best = e;
      }
    }
    return best;
  }

  /** Mean loss on the events that count. */
  double mean(final int expert) {
    return sum[expert] / events;
  }

  /**
   * Whether an expert's mean loss does not lie above its threshold by more than so many standard
   * errors of that mean.
   */
  boolean fits(final int expert, final double threshold, final double errors) {
    final double mean = mean(expert);
    final double variance = Math.max(0, squares[expert] / events - mean * mean);
    return mean <= threshold + errors * Math.sqrt(variance / events);
  }

  /** Layout: whether it runs; if so, events that count, and the three losses of each expert. */
  void write(final ImageWriter out) {
    out.putBoolean(running);
    if (running) {
      out.putInt(events).putDoubles(since, since.length);
      out.putDoubles(sum, sum.length).putDoubles(squares, squares.length);
    }
  }

  /**
   * @param experts in the pool
   */
  void read(final ImageReader in, final int experts) {
    running = in.getBoolean();
    if (running) {
      events = in.getIntIn(0, Integer.MAX_VALUE, "events of the trial");
      since = in.getDoubles();
      sum = in.getDoubles();
      squares = in.getDoubles();
      if (since.length != experts || sum.length != experts || squares.length != experts) {
        throw new MalformedImageException("the trial is not one of " + experts + " experts");
      }
    }
  }
}
