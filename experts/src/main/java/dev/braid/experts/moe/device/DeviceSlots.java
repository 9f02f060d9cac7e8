package dev.braid.experts.moe.device;

import dev.braid.experts.moe.state.ExpertCache;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which of the experts that a gate chooses from have their weights in which place of a device's
 * memory, and in what order a batch's experts come to it when not all of them fit at once.
 */
final class DeviceSlots {
  private final int[] expertAt;
  private final int[] placeOf;
  private final ExpertCache cache;

  /**
   * The first experts have the places.
   *
   * @param places 1 to experts
   */
  DeviceSlots(final int experts, final int places, final ExpertCache cache) {
    this.cache = cache;
    expertAt = new int[places];
    placeOf = new int[experts];
    Arrays.fill(placeOf, -1);
    for (int p = 0; p < places; p++) {
      expertAt[p] = p;
      placeOf[p] = p;
    }
  }

  /** Place of an expert, or -1. */
  int placeOf(final int expert) {
    return placeOf[expert];
  }

  int expertAt(final int place) {
    return expertAt[place];
  }

  /** An expert takes the place of the one that has it. */
  void seat(final int place, final int expert) {
    placeOf[expertAt[place]] = -1;
    expertAt[place] = expert;
    placeOf[expert] = place;
  }

  /**
   * The waves in which a batch's experts are computed. Those that have a place keep it for the
   * first; the others take places that the batch does not need, those of the experts expected
   * least, and then come in further waves.
   *
   * @param load rows of each expert
   * @return for each wave the expert of each place, -1 where it computes nothing
   */
  List<int[]> waves(final int[] load) {
    final List<int[]> waves = new ArrayList<>();
    int[] wave = free();
    final boolean[] waits = new boolean[placeOf.length];
    for (int e = 0; e < placeOf.length; e++) {
      if (load[e] > 0 && placeOf[e] >= 0) {
        wave[placeOf[e]] = e;
        cache.asked(true);
      } else if (load[e] > 0) {
        waits[e] = true;
        cache.asked(false);
      }
    }
    waves.add(wave);
    for (int e = 0; e < waits.length; e++) {
      if (waits[e]) {
        int place = leastExpected(wave);
        if (place < 0) {
          wave = free();
          waves.add(wave);
          place = leastExpected(wave);
        }
        wave[place] = e;
      }
    }
    return waves;
  }

  private int[] free() {
    final int[] wave = new int[expertAt.length];
    Arrays.fill(wave, -1);
    return wave;
  }

  /** The place that a wave does not use yet whose expert is expected least, or -1. */
  private int leastExpected(final int[] wave) {
    int found = -1;
    for (int p = 0; p < wave.length; p++) {
      if (wave[p] < 0 && (found < 0 || cache.want(expertAt[p]) < cache.want(expertAt[found]))) {
        found = p;
      }
    }
    return found;
  }

  /** The expert without a place that is expected most, or -1. */
  int wanted() {
    return cache.most(e -> placeOf[e] < 0);
  }

  /**
   * A place that a wave does not use and whose expert is expected clearly less than another, or -1.
   */
  int placeFor(final int wanted, final int[] wave) {
    final int place = leastExpected(wave);
    return place >= 0 && cache.isBetter(wanted, expertAt[place]) ? place : -1;
  }
}
