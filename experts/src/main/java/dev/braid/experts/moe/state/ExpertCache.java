package dev.braid.experts.moe.state;

import dev.braid.experts.moe.Forecast;
import java.util.function.IntPredicate;

/**
 * Which experts are worth a place in a memory that has no room for all: those that a forecast
 * expects most stay or come ahead, those that it expects least make room. What is in memory changes
 * no number.
 */
public final class ExpertCache {
  /** An expert goes for another only if that one is expected so much more. */
  private static final float MARGIN = 1.25f;

  private final Forecast forecast;
  private final float[] want;
  private long hits;
  private long misses;
  private long prefetches;

  public ExpertCache(final Forecast forecast, final int experts) {
    this.forecast = forecast;
    want = new float[experts];
  }

  /** Takes in a batch; see {@link Forecast#took}. */
  public void took(final int[] load, final float[] affinity, final int rows, final int columns) {
    forecast.took(load, affinity, rows, columns, want);
  }

  /** How much an expert is expected. */
  public float want(final int expert) {
    return want[expert];
  }

  /** Whether an expert is expected so much more than another that it should have its place. */
  public boolean isBetter(final int expert, final int other) {
    return want[expert] > MARGIN * want[other];
  }

  /** The expert expected most among some, the lower index among equals; -1 if there is none. */
  public int most(final IntPredicate among) {
    int found = -1;
    for (int e = 0; e < want.length; e++) {
      if (among.test(e) && (found < 0 || want[e] > want[found])) {
        found = e;
      }
    }
    return found;
  }

  /** The expert expected least among some, the lower index among equals; -1 if there is none. */
  public int least(final IntPredicate among) {
    int found = -1;
    for (int e = 0; e < want.length; e++) {
      if (among.test(e) && (found < 0 || want[e] < want[found])) {
        found = e;
      }
    }
    return found;
  }

  /** Experts among some that are expected more than this one, the lower index among equals. */
  public int rank(final int expert, final IntPredicate among) {
    int before = 0;
    for (int e = 0; e < want.length; e++) {
      if (among.test(e) && (want[e] > want[expert] || (want[e] == want[expert] && e < expert))) {
        before++;
      }
    }
    return before;
  }

  /** An expert was asked for rows, and was or was not in memory. */
  public void asked(final boolean inMemory) {
    if (inMemory) {
      hits++;
    } else {
      misses++;
    }
  }

  /** An expert came before it was asked. */
  public void prefetched() {
    prefetches++;
  }

  public long hits() {
    return hits;
  }

  public long misses() {
    return misses;
  }

  public long prefetches() {
    return prefetches;
  }
}
