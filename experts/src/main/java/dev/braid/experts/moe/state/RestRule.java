package dev.braid.experts.moe.state;

import dev.braid.experts.moe.RestFigures;
import dev.braid.experts.moe.spec.RestSpec;

/**
 * Which of the experts that a gate chooses from rest: those that have not learned for so many
 * training steps. Shared experts never do.
 */
public final class RestRule {
  private final RestSpec rest;

  /** Training steps since each expert learned; no more are counted once it rests. */
  private final int[] idle;

  private long hits;
  private long misses;

  /**
   * @param idle of each expert, changed by this
   */
  public RestRule(final RestSpec rest, final int[] idle) {
    this.rest = rest;
    this.idle = idle;
  }

  public boolean enabled() {
    return rest.enabled();
  }

  public boolean resting(final int expert) {
    return enabled() && expert < idle.length && idle[expert] >= rest.afterSteps();
  }

  /** An expert learns, and wakes if it rests. */
  public void wake(final int expert) {
    if (expert < idle.length) {
      idle[expert] = 0;
    }
  }

  /** A training step passed without an expert; whether it goes to rest by it. */
  public boolean tires(final int expert) {
    return enabled()
        && expert < idle.length
        && !resting(expert)
        && ++idle[expert] >= rest.afterSteps();
  }

  /** An expert at rest was asked, and was or was not at hand in 32 bits. */
  public void asked(final boolean atHand) {
    if (atHand) {
      hits++;
    } else {
      misses++;
    }
  }

  /**
   * @param weightBytes host bytes of all weights and moments
   */
  public RestFigures figures(final long weightBytes) {
    int resting = 0;
    for (int e = 0; e < idle.length; e++) {
      resting += resting(e) ? 1 : 0;
    }
    return new RestFigures(resting, hits, misses, weightBytes);
  }
}
