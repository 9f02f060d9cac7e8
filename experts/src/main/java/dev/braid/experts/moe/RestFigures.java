package dev.braid.experts.moe;

/**
 * How a layer's experts rest; counts are since it was opened.
 *
 * @param resting experts at rest now
 * @param hits times that an expert at rest was asked for rows and was at hand in 32 bits, on a
 *     device where there is one
 * @param misses times that it had to be unpacked first
 * @param weightBytes host bytes of all weights and moments
 */
public record RestFigures(int resting, long hits, long misses, long weightBytes) {

  /** Those of two layers together. */
  public RestFigures plus(final RestFigures other) {
    return new RestFigures(
        resting + other.resting,
        hits + other.hits,
        misses + other.misses,
        weightBytes + other.weightBytes);
  }
}
