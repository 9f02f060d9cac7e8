package dev.braid.router.combine;

import dev.braid.experts.PortableMath;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;

/**
 * The scale of an error of lately under a Student's t distribution, by maximum likelihood with
 * fading memory (Lange, Little and Taylor, "Robust statistical modeling using the t distribution",
 * Journal of the American Statistical Association 1989, section 3): an outlier counts as a few
 * usual errors, however large it is.
 */
final class ErrorScale {
  /** Degrees of freedom: between the normal distribution's and the Cauchy distribution's tails. */
  private static final double FREEDOM = 5;

  /** Errors that are taken as they are, to begin with. */
  private static final int FIRST = 10;

  /** Where a square ends that could not be added to another. */
  private static final double LARGEST = 1e150;

  private double memory;
  private double count;
  private double square;

  /**
   * @param memory errors that it is about
   */
  ErrorScale(final double memory) {
    this.memory = memory;
  }

  /** It is about so many errors from here on. */
  void remember(final double errors) {
    memory = errors;
    count = Math.min(count, errors);
  }

  /** The scale; 0 while all errors were. */
  double value() {
    return Math.sqrt(square);
  }

  /**
   * Log loss of an error, up to a constant.
   *
   * @param scale that the error is measured by, above 0
   */
  static double loss(final double error, final double scale) {
    final double z = Math.min(LARGEST, Math.abs(error) / scale);
    return PortableMath.log(scale) + (FREEDOM + 1) / 2 * PortableMath.log(1 + z * z / FREEDOM);
  }

  /**
   * Takes an error in.
   *
   * @param weight how often it counts
   */
  void learn(final double error, final double weight) {
    final double size = Math.min(LARGEST, Math.abs(error));
    double counted = size * size;
    if (count >= FIRST && square > 0) {
      counted *= (FREEDOM + 1) / (FREEDOM + counted / square);
    }
    count = Math.min(memory, count + weight);
    square += Math.min(1, weight / count) * (counted - square);
  }

  void copy(final ErrorScale other) {
    count = other.count;
    square = other.square;
  }

  void write(final ImageWriter out) {
    out.putDouble(count).putDouble(square);
  }

  void read(final ImageReader in) {
    count = in.getDoubleIn(0, memory, "errors of a member");
    square = in.getDoubleIn(0, Double.MAX_VALUE, "mean square of errors");
  }
}
