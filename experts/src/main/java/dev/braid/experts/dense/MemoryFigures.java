package dev.braid.experts.dense;

/**
 * Which of a layer's experts are in memory, on the host or on a device; counts are since it was
 * opened.
 *
 * @param residentBytes bytes of the weights and moments of the experts in memory
 * @param coldExperts experts that only the store has
 * @param coldBytes bytes that their weights and moments would take in memory
 * @param hits times that an expert was asked for rows and was in memory
 * @param misses times that an expert had to be read first, to compute rows or to learn from them
 * @param prefetches experts that were read before they were asked
 */
public record MemoryFigures(
    long residentBytes, int coldExperts, long coldBytes, long hits, long misses, long prefetches) {

  /** A layer that has not been opened. */
  public static final MemoryFigures NONE = new MemoryFigures(0, 0, 0, 0, 0, 0);
}
