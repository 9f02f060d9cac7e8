package dev.braid.experts.moe;

/**
 * Which of a layer's experts are in memory, that of the device where there is one; counts are since
 * it was opened.
 *
 * @param inMemoryBytes bytes of the weights and moments of the experts in memory
 * @param evictedExperts experts that are not: the store has them, or the host of a device
 * @param evictedBytes bytes that their weights and moments would take in memory
 * @param hits times that an expert was asked for rows and was in memory
 * @param misses times that an expert had to come first, to compute rows or to learn from them
 * @param prefetches experts that came before they were asked
 */
public record MemoryFigures(
    long inMemoryBytes,
    int evictedExperts,
    long evictedBytes,
    long hits,
    long misses,
    long prefetches) {

  /** A layer that has not been opened. */
  public static final MemoryFigures NONE = new MemoryFigures(0, 0, 0, 0, 0, 0);

  /** Those of two layers together. */
  public MemoryFigures plus(final MemoryFigures other) {
    return new MemoryFigures(
        inMemoryBytes + other.inMemoryBytes,
        evictedExperts + other.evictedExperts,
        evictedBytes + other.evictedBytes,
        hits + other.hits,
        misses + other.misses,
        prefetches + other.prefetches);
  }
}
