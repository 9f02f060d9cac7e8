package dev.braid.experts;

/**
 * Random numbers by counting: number n of a seed is the n-th output of SplitMix64 (Steele, Lea and
 * Flood, "Fast splittable pseudorandom number generators", 2014). There is no state to save beside
 * the count, which its users have anyway.
 */
public final class CounterRandom {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private CounterRandom() {}

  /** The n-th 64 random bits of a seed. */
  public static long bits(final long seed, final long n) {
    long z = seed + (n + 1) * GOLDEN;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  /** The n-th number of a seed, uniform from 0 to 1, exclusive. */
  public static double unit(final long seed, final long n) {
    return (bits(seed, n) >>> 11) * 0x1.0p-53;
  }

  /** The n-th whole number of a seed, uniform from 0 to {@code bound - 1}. */
  public static int below(final int bound, final long seed, final long n) {
    return (int) (unit(seed, n) * bound);
  }
}
