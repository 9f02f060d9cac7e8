package dev.braid.experts.dense;

/**
 * Sends experts to rest and keeps at hand, in 32 bits, those at rest that are likely to be asked
 * next: those that the gate leans to most. Its affinity for an expert rises before it chooses it,
 * so that the expert is unpacked ahead of its first row (as ExpertFlow does, He et al. 2024). What
 * is at hand changes no number.
 */
final class ColdExperts {
  /** What a batch's affinities still weigh a batch later. */
  private static final float KEPT = 0.8f;

  private final MoeState state;
  private final Rest rest;
  private final int resident;
  private final int experts;
  private final float[] leaning;
  private long hits;
  private long misses;

  /**
   * @param resident experts at rest to keep at hand
   */
  ColdExperts(final MoeState state, final int resident) {
    this.state = state;
    this.resident = resident;
    rest = state.spec.rest();
    experts = state.spec.experts();
    leaning = new float[experts];
  }

  /**
   * Takes in what the gate thinks of a batch.
   *
   * @param affinity shape [rows][E]
   */
  void lean(final float[] affinity, final int rows) {
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
  void need(final int e) {
    final Block block = state.expert(e);
    if (!block.resting()) {
      return;
    }
    if (block.isReady()) {
      hits++;
    } else {
      misses++;
      block.ready();
    }
  }

  /** An expert has, or has not, learned in this step. */
  void stepped(final int e, final boolean learned) {
    if (!rest.enabled() || e >= experts) {
      return;
    }
    final Block block = state.expert(e);
    if (learned) {
      state.idle[e] = 0;
    } else if (!block.resting()) {
      state.idle[e]++;
      if (state.idle[e] >= rest.afterSteps()) {
        block.rest(rest.format().bits());
      }
    }
  }

  /** After a batch: those at rest that the gate leans to most are at hand, and no others. */
  void settle() {
    if (!rest.enabled()) {
      return;
    }
    for (int e = 0; e < experts; e++) {
      final Block block = state.expert(e);
      if (block.resting()) {
        if (rank(e) < resident) {
          block.ready();
        } else {
          block.release();
        }
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

  RestFigures figures() {
    int resting = 0;
    for (int e = 0; e < experts; e++) {
      resting += state.expert(e).resting() ? 1 : 0;
    }
    return new RestFigures(resting, hits, misses, state.bytes());
  }
}
