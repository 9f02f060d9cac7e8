package dev.braid.experts.tree;

/**
 * Two functions that cost a tree most of its time, fast and a little wrong. They show that a
 * decision is beyond doubt; where it is not, the exact functions decide.
 */
final class Approximate {
  /** The largest error of {@link #log2}. */
  static final double LOG2_ERROR = 2e-5;

  /** The largest error of {@link #normal}. */
  static final double NORMAL_ERROR = 1e-5;

  private static final int MANTISSA_BITS = 52;
  private static final long MANTISSA = (1L << MANTISSA_BITS) - 1;
  private static final long EXPONENT_OF_ONE = 1023L << MANTISSA_BITS;

  private static final int STEPS_PER_UNIT = 64;
  private static final int MOST_UNITS = 6;
  private static final double[] ABOVE_MEAN = new double[MOST_UNITS * STEPS_PER_UNIT + 2];

  static {
    for (int i = 0; i < ABOVE_MEAN.length; i++) {
      ABOVE_MEAN[i] = Normal.cumulative((double) i / STEPS_PER_UNIT);
    }
  }

  private Approximate() {}

  /**
   * Logarithm to the base 2, by a polynomial that meets it at the Chebyshev nodes of the mantissa.
   *
   * @param x positive, finite and not NaN; for numbers too small to have all their digits, and for
   *     0, the result is about -1023
   */
  static double log2(final double x) {
    final long bits = Double.doubleToRawLongBits(x);
    final double t = Double.longBitsToDouble((bits & MANTISSA) | EXPONENT_OF_ONE) - 1.5;
    final double square = t * t;
    final double high = 0.14200548399825 + -0.07997621011005 * t + 0.04300495779173 * square;
    final double low = 0.58495076274959 + 0.96180343366631 * t + -0.31975771073161 * square;
    final long exponent = (bits >> MANTISSA_BITS) - 1023;
    return exponent + (low + square * t * high);
  }

  /** Probability that a standard normal variable is at most z, from a table; NaN for NaN. */
  static double normal(final double z) {
    final double at = Math.abs(z) * STEPS_PER_UNIT;
    if (!(at < MOST_UNITS * STEPS_PER_UNIT)) {
      return z > 0.0 ? 1.0 : z < 0.0 ? 0.0 : z;
    }
    final int i = (int) at;
    final double above = ABOVE_MEAN[i] + (at - i) * (ABOVE_MEAN[i + 1] - ABOVE_MEAN[i]);
    return z > 0.0 ? above : 1.0 - above;
  }
}
