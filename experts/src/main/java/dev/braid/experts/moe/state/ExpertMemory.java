package dev.braid.experts.moe.state;

import dev.braid.experts.moe.MemoryFigures;

/**
 * Keeps the experts in memory within a bound; the others are in the store alone. An expert that is
 * asked for rows comes back, and those make room that the fewest of the last batches asked. Between
 * batches the experts that most of them asked are read ahead, in place of those (as ExpertFlow
 * does, He et al. 2024, with the gate's recent choices for a predictor; the batch counts, not the
 * row, since one row costs the same reading as many). What is in memory changes no number.
 *
 * <p>One expert is in memory whatever the bound, since it could not compute otherwise.
 */
final class ExpertMemory {
  /** What a batch still weighs a batch later. */
  private static final float KEPT = 0.7f;

  /** An expert goes for another only if that one was asked so much more. */
  private static final float MARGIN = 1.25f;

  private final MoeState state;
  private final long most;
  private final float[] recent;
  private final boolean[] asked;
  private final long[] counted;
  private long used;
  private long hits;
  private long misses;
  private long prefetches;

  /**
   * @param most bytes of weights and moments to hold; of no effect where the state has no store
   */
  ExpertMemory(final MoeState state, final long most) {
    this.state = state;
    this.most = state.hasStore() ? most : Long.MAX_VALUE;
    recent = new float[state.spec.totalExperts()];
    asked = new boolean[recent.length];
    counted = new long[state.spec.totalExperts()];
    for (int e = 0; e < counted.length; e++) {
      recount(e);
    }
    makeRoom(0, -1);
    for (int e = 0; e < counted.length && room(e) <= this.most - used; e++) {
      bring(e);
    }
  }

  /** An expert is about to compute rows. */
  void ask(final int e) {
    asked[e] = true;
    if (state.expert(e).isHere()) {
      hits++;
    } else {
      askAgain(e);
    }
  }

  /**
   * An expert is about to learn from rows that it computed; others may have driven it out since.
   */
  void askAgain(final int e) {
    if (!state.expert(e).isHere()) {
      misses++;
      bring(e);
    }
  }

  /** Makes sure that an expert is in memory, whether it is to compute or to change form. */
  void bring(final int e) {
    if (!state.expert(e).isHere()) {
      makeRoom(state.bytesOf(e), e);
      state.come(e);
      recount(e);
    }
  }

  /** An expert in memory is about to take so many bytes. */
  void grows(final int e, final long bytes) {
    makeRoom(bytes - counted[e], e);
  }

  /** Whether so many bytes more fit without an expert leaving. */
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
  void settle() {
    if (most == Long.MAX_VALUE) {
      return;
    }
    for (int e = 0; e < recent.length; e++) {
      recent[e] = KEPT * recent[e] + (asked[e] ? 1 : 0);
      asked[e] = false;
    }
    for (int wanted = mostAskedAway(); wanted >= 0; wanted = mostAskedAway()) {
      while (room(wanted) > most - used) {
        final int other = leastAsked(wanted);
        if (other < 0 || recent[wanted] <= MARGIN * recent[other]) {
          return;
        }
        leave(other);
      }
      prefetches++;
      bring(wanted);
    }
  }

  private void makeRoom(final long bytes, final int keep) {
    while (bytes > most - used) {
      final int other = leastAsked(keep);
      if (other < 0) {
        return;
      }
      leave(other);
    }
  }

  private void leave(final int e) {
    state.leave(e);
    recount(e);
  }

  /** Bytes that an expert would take beside what is used. */
  private long room(final int e) {
    return state.expert(e).isHere() ? 0 : state.bytesOf(e);
  }

  private int mostAskedAway() {
    int found = -1;
    for (int e = 0; e < counted.length; e++) {
      if (!state.expert(e).isHere() && (found < 0 || recent[e] > recent[found])) {
        found = e;
      }
    }
    return found;
  }

  private int leastAsked(final int but) {
    int found = -1;
    for (int e = 0; e < counted.length; e++) {
      if (e != but && state.expert(e).isHere() && (found < 0 || recent[e] < recent[found])) {
        found = e;
      }
    }
    return found;
  }

  MemoryFigures figures() {
    int cold = 0;
    long coldBytes = 0;
    for (int e = 0; e < counted.length; e++) {
      if (!state.expert(e).isHere()) {
        cold++;
        coldBytes += state.bytesOf(e);
      }
    }
    return new MemoryFigures(used, cold, coldBytes, hits, misses, prefetches);
  }
}
