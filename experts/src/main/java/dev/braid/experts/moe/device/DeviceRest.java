package dev.braid.experts.moe.device;

import dev.braid.experts.moe.Rest;
import dev.braid.experts.moe.RestFigures;
import dev.braid.experts.moe.state.ColdExperts;
import dev.braid.experts.moe.state.MoeState;
import java.util.ArrayList;
import java.util.List;

/**
 * Which experts of a layer on a device rest, as of the last step begun; {@link ColdExperts} decides
 * it alike on the CPU. One at rest is at hand if it has a place on the device.
 */
final class DeviceRest {
  private final Rest rest;
  private final int[] idle;
  private final boolean[] resting;
  private long hits;
  private long misses;

  DeviceRest(final MoeState saved) {
    rest = saved.spec.rest();
    idle = saved.idle.clone();
    resting = new boolean[idle.length];
    for (int e = 0; e < idle.length; e++) {
      resting[e] = saved.resting(e);
    }
  }

  boolean enabled() {
    return rest.enabled();
  }

  int bits() {
    return rest.format().bits();
  }

  boolean resting(final int expert) {
    return expert < resting.length && resting[expert];
  }

  /** Experts of a batch are about to compute so many rows each. */
  void asked(final int[] load, final Places places) {
    for (int e = 0; e < resting.length; e++) {
      if (resting[e] && load[e] > 0) {
        if (places.placeOf(e) >= 0) {
          hits++;
        } else {
          misses++;
        }
      }
    }
  }

  /** Experts are about to learn from so many rows each: those at rest wake. */
  void wake(final int[] labelled) {
    for (int e = 0; e < resting.length; e++) {
      resting[e] &= labelled[e] == 0;
    }
  }

  /** After a training step was begun: the experts that go to rest. */
  List<Integer> goToRest(final int[] labelled) {
    final List<Integer> tired = new ArrayList<>();
    for (int e = 0; e < idle.length; e++) {
      if (labelled[e] > 0) {
        idle[e] = 0;
      } else if (!resting[e] && ++idle[e] >= rest.afterSteps()) {
        resting[e] = true;
        tired.add(e);
      }
    }
    return tired;
  }

  void saveTo(final MoeState state) {
    System.arraycopy(idle, 0, state.idle, 0, idle.length);
  }

  /**
   * @param weightBytes host bytes of all weights and moments
   */
  RestFigures figures(final long weightBytes) {
    int count = 0;
    for (final boolean one : resting) {
      count += one ? 1 : 0;
    }
    return new RestFigures(count, hits, misses, weightBytes);
  }
}
