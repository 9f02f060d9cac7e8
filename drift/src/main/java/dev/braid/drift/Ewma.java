package dev.braid.drift;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;

/** An exponentially weighted mean of values from 0 to 1, with the sum of its squared weights. */
final class Ewma {
  static final long BYTES = 16 + 2 * 8;

  double mean;

  /** Sum of the squared weights of the values; 0 where there are none. */
  double squares;

  boolean isEmpty() {
    return squares == 0;
  }

  /**
   * @param weight of the new value, 0 to 1; the first value has all of it
   */
  void add(final double value, final double weight) {
    if (isEmpty()) {
      mean = value;
      squares = 1;
      return;
    }
    final double rest = 1 - weight;
    mean = weight * value + rest * mean;
    squares = weight * weight + rest * rest * squares;
  }

  void set(final Ewma other) {
    mean = other.mean;
    squares = other.squares;
  }

  void clear() {
    mean = 0;
    squares = 0;
  }

  void write(final ImageWriter out) {
    out.putDouble(mean).putDouble(squares);
  }

  void read(final ImageReader in) {
    mean = in.getDoubleIn(0, 1, "weighted mean");
    squares = in.getDoubleIn(0, 1, "sum of squared weights");
    if (isEmpty() && mean != 0) {
      throw new MalformedImageException("a mean of no values is " + mean);
    }
  }
}
