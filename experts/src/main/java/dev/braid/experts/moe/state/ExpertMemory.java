package dev.braid.experts.moe.state;

import dev.braid.experts.moe.Forecast;
import dev.braid.experts.moe.MemoryFigures;

/**
 * Keeps the experts in memory within a bound; the others are in the store alone. An expert that is
 * asked for rows comes back, and those that the forecast expects least make room. Between batches
 * the experts that it expects most are read ahead, in place of those.
 *
 * <p>One expert is in memory whatever the bound, since it could not compute otherwise.
 */
final class ExpertMemory {
  private final MoeState state;
  private final long most;
  private final ExpertCache cache;
  private final long[] counted;
  private long used;

  /**
   * @param most bytes of weights and moments to hold; of no effect where the state has no store, or
   *     where rows are computed with the parameters of several experts
   */
  ExpertMemory(final MoeState state, final long most, final Forecast forecast) {
    this.state = state;
    final boolean merges = state.spec.layer().combine().mergesParameters();
    this.most = state.hasStore() && !merges ? most : Long.MAX_VALUE;
    counted = new long[state.spec.totalExperts()];
    cache = new ExpertCache(forecast, counted.length);
    for (int e = 0; e < counted.length; e++) {
      recount(e);
    }
    makeRoom(0, -1);
    for (int e = 0; e < counted.length && missing(e) <= this.most - used; e++) {
      bring(e);
    }
  }

  /** An expert is about to compute rows. */
  void ask(final int e) {
    cache.asked(state.expert(e).isInMemory());
    bring(e);
  }

  /**
   * An expert is about to learn from rows that it computed; others may have driven it out since.
   */
  void askAgain(final int e) {
    if (!state.expert(e).isInMemory()) {
      cache.asked(false);
      bring(e);
    }
  }

  /** Makes sure that an expert is in memory, whether it is to compute or to change form. */
  void bring(final int e) {
    if (!state.expert(e).isInMemory()) {
      makeRoom(state.bytesOf(e), e);
      state.bringBack(e);
      recount(e);
    }
  }

  /** An expert in memory is about to take so many bytes. */
  void grows(final int e, final long bytes) {
    makeRoom(bytes - counted[e], e);
  }

  /** Whether so many bytes more fit without an expert being evicted. */
  boolean hasRoomFor(final long bytes) {
    return bytes <= most - used;
  }

  /** An expert in memory has another size than before. */
  void recount(final int e) {
    final long now = state.expert(e).bytes();
    used += now - counted[e];
    counted[e] = now;
  }

  /** After a batch: reads ahead what the next ones will probably ask. */
  void settle(final int[] load, final float[] affinity, final int rows) {
    if (most == Long.MAX_VALUE) {
      return;
    }
    cache.took(load, affinity, rows, state.spec.experts());
    for (int wanted = evictedMost(); wanted >= 0; wanted = evictedMost()) {
      while (missing(wanted) > most - used) {
        final int other = presentLeast(wanted);
        if (other < 0 || !cache.isBetter(wanted, other)) {
          return;
        }
        evict(other);
      }
      cache.prefetched();
      bring(wanted);
    }
  }

  private void makeRoom(final long bytes, final int keep) {
    while (bytes > most - used) {
      final int other = presentLeast(keep);
      if (other < 0) {
        return;
      }
      evict(other);
    }
  }

  private void evict(final int e) {
    state.evict(e);
    recount(e);
  }

  /** Bytes that an expert would take beside what is used. */
  private long missing(final int e) {
    return state.expert(e).isInMemory() ? 0 : state.bytesOf(e);
  }

  private int evictedMost() {
    return cache.most(e -> !state.expert(e).isInMemory());
  }

  private int presentLeast(final int but) {
    return cache.least(e -> e != but && isThere(e));
  }

  /** Whether an expert takes memory. */
  private boolean isThere(final int e) {
    return state.expert(e).isInMemory() && !state.expert(e).isEmpty();
  }

  MemoryFigures figures() {
    int evicted = 0;
    long evictedBytes = 0;
    for (int e = 0; e < counted.length; e++) {
      evicted += state.expert(e).isInMemory() ? 0 : 1;
      evictedBytes += missing(e);
    }
    return new MemoryFigures(
        used, evicted, evictedBytes, cache.hits(), cache.misses(), cache.prefetches());
  }
}
