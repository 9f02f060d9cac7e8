package dev.braid.experts.moe.state;

import dev.braid.experts.moe.MemoryFigures;
import dev.braid.experts.moe.Rest;
import dev.braid.experts.moe.RestFigures;

/**
 * Sends experts to rest and keeps at hand, in 32 bits, those at rest that are likely to be asked
 * next: those that the gate leans to most. Its affinity for an expert rises before it chooses it,
 * so that the expert is unpacked ahead of its first row (as ExpertFlow does, He et al. 2024). What
 * is at hand changes no number.
 */
public final class ColdExperts {
  /** What a batch's affinities still weigh a batch later. */
  private static final float KEPT = 0.8f;

  private final MoeState state;
  private final Rest rest;
  private final int resident;
  private final int experts;
  private final float[] leaning;
  private final ExpertMemory memory;
  private long hits;
  private long misses;

  /**
   * @param resident experts at rest to keep at hand
   * @param most bytes of experts to hold in memory, if the state has a store for the others
   */
  public ColdExperts(final MoeState state, final int resident, final long most) {
    this.state = state;
    this.resident = resident;
    rest = state.spec.rest();
    experts = state.spec.experts();
    leaning = new float[experts];
    memory = new ExpertMemory(state, most);
  }

  /**
   * Takes in what the gate thinks of a batch.
   *
   * @param affinity shape [rows][E]
   */
  public void lean(final float[] affinity, final int rows) {
    if (!rest.enabled()) {
      return;
    }
    for (int e = 0; e < experts; e++) {
      leaning[e] *= KEPT;
    }
    for (int i = 0; i < rows * experts; i++) {
      leaning[i % experts] += affinity[i];
    }
  }

  /** An expert is about to compute rows. */
  public void need(final int e) {
    memory.ask(e);
    final Block block = state.expert(e);
    if (!block.resting()) {
      return;
    }
    if (block.isReady()) {
      hits++;
    } else {
      misses++;
      memory.grows(e, state.bytesOf(e) + (long) Float.BYTES * block.length());
      block.ready();
      memory.recount(e);
    }
  }

  /** An expert is about to learn from rows that it computed. */
  public void needToLearn(final int e) {
    memory.askAgain(e);
    memory.grows(e, 3L * Float.BYTES * state.expert(e).length());
    state.expert(e).ready();
  }

  /** An expert has, or has not, learned in this step. */
  public void stepped(final int e, final boolean learned) {
    if (learned) {
      memory.recount(e);
    }
    if (!rest.enabled() || e >= experts) {
      return;
    }
    if (learned) {
      state.idle[e] = 0;
    } else if (!state.resting(e)) {
      if (state.idle[e] + 1 >= rest.afterSteps()) {
        memory.bring(e);
        state.expert(e).rest(rest.format().bits());
        memory.recount(e);
      }
      state.idle[e]++;
    }
  }

  /** After a batch: those at rest that the gate leans to most are at hand, and no others. */
  public void settle() {
    for (int e = 0; rest.enabled() && e < experts; e++) {
      final Block block = state.expert(e);
      if (block.resting() && rank(e) >= resident) {
        block.release();
        memory.recount(e);
      }
    }
    memory.settle();
    for (int e = 0; rest.enabled() && e < experts; e++) {
      final Block block = state.expert(e);
      if (block.resting()
          && !block.isReady()
          && rank(e) < resident
          && memory.hasRoomFor((long) Float.BYTES * block.length())) {
        block.ready();
        memory.recount(e);
      }
    }
  }

  /** Experts at rest that the gate leans to more than to this one. */
  private int rank(final int expert) {
    int before = 0;
    for (int e = 0; e < experts; e++) {
      if (state.expert(e).resting()
          && (leaning[e] > leaning[expert] || (leaning[e] == leaning[expert] && e < expert))) {
        before++;
      }
    }
    return before;
  }

  public MemoryFigures memory() {
    return memory.figures();
  }

  public RestFigures figures() {
    int resting = 0;
    for (int e = 0; e < experts; e++) {
      resting += state.resting(e) ? 1 : 0;
    }
    return new RestFigures(resting, hits, misses, state.bytes());
  }
}
