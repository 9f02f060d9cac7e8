package dev.braid.router.combine;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;

/**
 * How late labels come: how many labels of others come between an event and its own, on the mean of
 * lately. What was predicted at about the same time was wrong for the same reasons, so that errors
 * of fewer events than labels are late tell little of who is worth more.
 */
final class LabelDelay {
  /** Labels that the mean is about. */
  private static final double MEMORY = 200;

  private double learned;
  private double seen;
  private double mean;

  /** Labels so far: what is to be kept of an event. */
  double learned() {
    return learned;
  }

  /** Whether a label came late. */
  boolean isLate() {
    return seen > 0;
  }

  /** Mean delay in labels; 0 while all came at once. */
  double mean() {
    return mean;
  }

  /** Labels so far, in mean delays; infinite while all came at once. */
  double known() {
    return learned / mean;
  }

  /** A label came at once. */
  void atOnce() {
    if (isLate()) {
      take(0);
    }
    learned++;
  }

  /**
   * A label came late.
   *
   * @param then {@link #learned} when its event was predicted
   */
  void late(final double then) {
    take(Math.max(0, learned - then));
    learned++;
  }

  private void take(final double delay) {
    seen = Math.min(MEMORY, seen + 1);
    mean += (delay - mean) / seen;
  }

  void write(final ImageWriter out) {
    out.putDouble(learned).putDouble(seen).putDouble(mean);
  }

  void read(final ImageReader in) {
    learned = in.getDoubleIn(0, Double.MAX_VALUE, "labels");
    seen = in.getDoubleIn(0, MEMORY, "delays of labels");
    mean = in.getDoubleIn(0, Double.MAX_VALUE, "delay of labels");
  }
}
