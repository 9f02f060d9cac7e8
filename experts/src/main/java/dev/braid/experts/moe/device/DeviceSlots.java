package dev.braid.experts.moe.device;

import dev.braid.experts.moe.state.ExpertCache;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which of the experts that a gate chooses from have their weights in which slot of a device's
 * memory, and in what order a batch's experts come to it when not all of them fit at once.
 */
final class DeviceSlots {
  private final int[] expertAt;
  private final int[] slotOf;
  private final ExpertCache cache;

  /**
   * The first experts have the slots.
   *
   * @param slots 1 to experts
   */
  DeviceSlots(final int experts, final int slots, final ExpertCache cache) {
    this.cache = cache;
    expertAt = new int[slots];
    slotOf = new int[experts];
    Arrays.fill(slotOf, -1);
    for (int p = 0; p < slots; p++) {
      expertAt[p] = p;
      slotOf[p] = p;
    }
  }

  /** Slot of an expert, or -1. */
  int slotOf(final int expert) {
    return slotOf[expert];
  }

  int expertAt(final int slot) {
    return expertAt[slot];
  }

  /** An expert takes the slot of the one that has it. */
  void seat(final int slot, final int expert) {
    slotOf[expertAt[slot]] = -1;
    expertAt[slot] = expert;
    slotOf[expert] = slot;
  }

  /**
   * The waves in which a batch's experts are computed. Those that have a slot keep it for the
   * first; the others take slots that the batch does not need, those of the experts expected least,
   * and then come in further waves.
   *
   * @param load rows of each expert
   * @return for each wave the expert of each slot, -1 where it computes nothing
   */
  List<int[]> waves(final int[] load) {
    final List<int[]> waves = new ArrayList<>();
    int[] wave = free();
    final boolean[] waits = new boolean[slotOf.length];
    for (int e = 0; e < slotOf.length; e++) {
      if (load[e] > 0 && slotOf[e] >= 0) {
        wave[slotOf[e]] = e;
        cache.asked(true);
      } else if (load[e] > 0) {
        waits[e] = true;
        cache.asked(false);
      }
    }
    waves.add(wave);
    for (int e = 0; e < waits.length; e++) {
      if (waits[e]) {
        int slot = leastExpected(wave);
        if (slot < 0) {
          wave = free();
          waves.add(wave);
          slot = leastExpected(wave);
        }
        wave[slot] = e;
      }
    }
    return waves;
  }

  private int[] free() {
    final int[] wave = new int[expertAt.length];
    Arrays.fill(wave, -1);
    return wave;
  }

  /** The slot that a wave does not use yet whose expert is expected least, or -1. */
  private int leastExpected(final int[] wave) {
    int found = -1;
    for (int p = 0; p < wave.length; p++) {
      if (wave[p] < 0 && (found < 0 || cache.want(expertAt[p]) < cache.want(expertAt[found]))) {
        found = p;
      }
    }
    return found;
  }

  /** The expert without a slot that is expected most, or -1. */
  int wanted() {
    return cache.most(e -> slotOf[e] < 0);
  }

  /**
   * A slot that a wave does not use and whose expert is expected clearly less than another, or -1.
   */
  int slotFor(final int wanted, final int[] wave) {
    final int slot = leastExpected(wave);
    return slot >= 0 && cache.isBetter(wanted, expertAt[slot]) ? slot : -1;
  }
}
