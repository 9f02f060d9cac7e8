package dev.braid.drift;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.MalformedImageException;

/** Numbers of a detector's image, refused where no detector can have written them. */
final class Saved {
  /** Range of the options that are chances of a false alarm. */
  static final double LEAST_CHANCE = 1e-12;

  static final double HIGHEST_CHANCE = 0.99;

  private Saved() {}

  /** A count: 0 or more. */
  static long count(final ImageReader in, final String what) {
    return whole(in, 0, Long.MAX_VALUE, what);
  }

  static long whole(
      final ImageReader in, final long lowest, final long highest, final String what) {
    return whole(in.getLong(), lowest, highest, what);
  }

  static long whole(final long value, final long lowest, final long highest, final String what) {
    if (value < lowest || value > highest) {
      throw refused(what, value, lowest, highest);
    }
    return value;
  }

  static double finite(final ImageReader in, final String what) {
    return real(in, -Double.MAX_VALUE, Double.MAX_VALUE, what);
  }

  static double real(
      final ImageReader in, final double lowest, final double highest, final String what) {
    return real(in.getDouble(), lowest, highest, what);
  }

  static double real(
      final double value, final double lowest, final double highest, final String what) {
    if (!(value >= lowest && value <= highest)) {
      throw refused(what, value, lowest, highest);
    }
    return value;
  }

  private static MalformedImageException refused(
      final String what, final Number value, final Number lowest, final Number highest) {
    return new MalformedImageException(
        what + " is " + value + ", allowed are " + lowest + " to " + highest);
  }
}
