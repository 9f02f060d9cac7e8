package dev.braid.experts.moe.state;

import dev.braid.experts.moe.MemoryFigures;
import dev.braid.experts.moe.RestFigures;
import dev.braid.experts.moe.rest.Leaning;
import dev.braid.experts.moe.spec.DenseOptions;
import java.util.function.IntPredicate;

/**
 * The experts on the host: sends them to rest, and keeps at hand in 32 bits, of those at rest, the
 * ones that the gate leans to most. Its affinity for an expert rises before it chooses it, so that
 * the expert is unpacked ahead of its first row (as ExpertFlow does, He et al. 2024). What is at
 * hand changes no number.
 */
public final class ExpertHost {
  private final MoeState state;
  private final RestRule rest;
  private final int atHand;
  private final int experts;
  private final ExpertCache leaning;
  private final ExpertMemory memory;
  private final IntPredicate resting;

  /**
   * @param options how many experts at rest to keep at hand, and how many bytes of experts to hold
   *     in memory, if the state has a store for the others
   */
  public ExpertHost(final MoeState state, final DenseOptions options) {
    this.state = state;
    atHand = options.unpacked();
    resting = e -> state.expert(e).resting();
    rest = new RestRule(state.spec.rest(), state.idle);
    experts = state.spec.experts();
    leaning = new ExpertCache(new Leaning(0.8), experts);
    memory = new ExpertMemory(state, options.expertMemory(), options.forecast());
  }

  /** An expert is about to compute rows. */
  public void need(final int e) {
    memory.ask(e);
    final Weights weights = state.expert(e);
    if (!weights.resting()) {
      return;
    }
    rest.asked(weights.isReady());
    if (!weights.isReady()) {
      memory.grows(e, state.bytesOf(e) + (long) Float.BYTES * weights.layout().size());
      weights.ready();
      memory.recount(e);
    }
  }

  /** An expert is about to learn from rows that it computed. */
  public void needToLearn(final int e) {
    final Weights weights = state.expert(e);
    memory.askAgain(e);
    memory.grows(e, Float.BYTES * (3L * weights.layout().size() + weights.memoryLayout().size()));
    weights.wake();
    rest.wake(e);
    memory.recount(e);
  }

  /** A place gets other weights, or empty ones. */
  void replace(final int e, final Weights weights) {
    memory.grows(e, weights.bytes());
    state.replace(1 + e, weights);
    memory.recount(e);
  }

  /** A training step passed without an expert. */
  public void idle(final int e) {
    if (state.isAlive(e) && rest.tires(e)) {
      memory.bring(e);
      state.rest(e);
      memory.recount(e);
    }
  }

  /**
   * After a batch: those at rest that the gate leans to most are at hand, and no others.
   *
   * @param load rows of each expert
   * @param affinity what the gate thought of them, shape [rows][E]
   */
  public void settle(final int[] load, final float[] affinity, final int rows) {
    if (rest.enabled()) {
      leaning.took(load, affinity, rows, experts);
    }
    for (int e = 0; rest.enabled() && e < experts; e++) {
      final Weights weights = state.expert(e);
      if (weights.resting() && !isLikely(e)) {
        weights.release();
        memory.recount(e);
      }
    }
    memory.settle(load, affinity, rows);
    for (int e = 0; rest.enabled() && e < experts; e++) {
      final Weights weights = state.expert(e);
      if (weights.resting()
          && !weights.isReady()
          && isLikely(e)
          && memory.hasRoomFor((long) Float.BYTES * weights.layout().size())) {
        weights.ready();
        memory.recount(e);
      }
    }
  }

  private boolean isLikely(final int expert) {
    return leaning.rank(expert, resting) < atHand;
  }

  public MemoryFigures memory() {
    return memory.figures();
  }

  public RestFigures rest() {
    return rest.figures(state.bytes());
  }
}
