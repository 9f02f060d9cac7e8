package dev.braid.benchmarks.numbers;

/** The least and the greatest share of intervals that held, over any so many events in a row. */
final class WorstCoverage {
  /** Events in a row. */
  static final int SPAN = 5_000;

  private final boolean[] last = new boolean[SPAN];
  private long events;
  private int held;
  private int least = SPAN;
  private int most;

  /** Takes in whether the next interval held. */
  void add(final boolean within) {
    final int at = (int) (events % SPAN);
    held += (within ? 1 : 0) - (last[at] ? 1 : 0);
    last[at] = within;
    events++;
    if (events >= SPAN) {
      least = Math.min(least, held);
      most = Math.max(most, held);
    }
  }

  /** The least share; NaN before there were so many events. */
  double low() {
    return events < SPAN ? Double.NaN : (double) least / SPAN;
  }

  /** The greatest share; NaN before there were so many events. */
  double high() {
    return events < SPAN ? Double.NaN : (double) most / SPAN;
  }
}
