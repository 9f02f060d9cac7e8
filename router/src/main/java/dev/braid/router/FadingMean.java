package dev.braid.router;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;

/** The mean size of the last errors, of which an outlier counts as some usual ones. */
final class FadingMean {
  /** Errors that are taken as they are, to begin with. */
  private static final double FIRST = 20;

  /** Means beyond which an error does not count more. */
  private static final double FAR = 20;

  private double seen;
  private double mean;

  /** Errors taken in, up to those that it is about. */
  double seen() {
    return seen;
  }

  double value() {
    return mean;
  }

  /**
   * Takes an error's size in.
   *
   * @param memory errors that the mean is about
   */
  void learn(final double size, final double memory) {
    final double counted = seen < FIRST ? size : Math.min(size, FAR * mean);
    seen = Math.min(memory, seen + 1);
    mean += (counted - mean) / seen;
  }

  void write(final ImageWriter out) {
    out.putDouble(seen).putDouble(mean);
  }

  void read(final ImageReader in, final String what) {
    seen = in.getDoubleIn(0, Double.MAX_VALUE, what);
    mean = in.getDoubleIn(0, Double.MAX_VALUE, what);
  }
}
