package dev.braid.experts.tree;

/**
 * The linear congruential generator that {@link java.util.Random} documents, with its state in the
 * open so that it can be saved.
 */
final class JavaRandom {
  private static final long MULTIPLIER = 0x5DEECE66DL;
  private static final long MASK = (1L << 48) - 1;

  private static final double EXP_1 = Math.exp(1.0);
  private static final int MOST_POISSON = 99;

  private long state;

  JavaRandom(final long seed) {
    state = seeded(seed);
  }

  /** The state of a generator just made with a seed. */
  static long seeded(final long seed) {
    return (seed ^ MULTIPLIER) & MASK;
  }

  long state() {
    return state;
  }

  void setState(final long state) {
    this.state = state & MASK;
  }

  private int bits(final int count) {
    state = (state * MULTIPLIER + 0xBL) & MASK;
    return (int) (state >>> (48 - count));
  }

  /** Uniform between 0, inclusive, and the bound, exclusive. */
  int nextInt(final int bound) {
    if ((bound & -bound) == bound) {
      return (int) (((long) bound * bits(31)) >> 31);
    }
    int bits;
    int value;
    do {
      bits = bits(31);
      value = bits % bound;
    } while (bits - value + (bound - 1) < 0);
    return value;
  }

  /** Uniform between 0, inclusive, and 1, exclusive. */
  double nextDouble() {
    return (((long) bits(26) << 27) + bits(27)) * 0x1.0p-53;
  }

  /**
   * A draw of the Poisson distribution with mean 1, by the inverse of its distribution function.
   */
  int nextPoisson() {
    final double threshold = nextDouble() * EXP_1;
    double term = 1.0;
    double sum = 1.0;
    int drawn = 0;
    while (drawn < MOST_POISSON && sum <= threshold) {
      drawn++;
      term *= 1.0 / drawn;
      sum += term;
    }
    return drawn;
  }
}
