package dev.braid.experts.moe.device;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which of the experts that a gate chooses from have their weights in which place of a device's
 * memory, and in what order a batch's experts come to it when not all of them fit at once.
 */
final class Places {
  /** What a batch's choices still weigh a batch later. */
  private static final float KEPT = 0.7f;

  private static final float MARGIN = 1.25f;

  private final int[] expertAt;
  private final int[] placeOf;
  private final float[] chosen;
  private long hits;
  private long misses;

  /**
   * The first experts have the places.
   *
   * @param places 1 to experts
   */
  Places(final int experts, final int places) {
    expertAt = new int[places];
    placeOf = new int[experts];
    chosen = new float[experts];
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
   * first; the others take places that the batch does not need, those of the experts least chosen,
   * and then come in further waves.
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
        hits++;
      } else if (load[e] > 0) {
        waits[e] = true;
        misses++;
      }
    }
    waves.add(wave);
    for (int e = 0; e < waits.length; e++) {
      if (waits[e]) {
        int place = leastChosen(wave);
        if (place < 0) {
          wave = free();
          waves.add(wave);
          place = leastChosen(wave);
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

  /** The place that a wave does not use yet whose expert was chosen least, or -1. */
  private int leastChosen(final int[] wave) {
    int found = -1;
    for (int p = 0; p < wave.length; p++) {
      if (wave[p] < 0 && (found < 0 || chosen[expertAt[p]] < chosen[expertAt[found]])) {
        found = p;
      }
    }
    return found;
  }

  /** Takes in which experts a batch chose; one row makes an expert come as well as many. */
  void count(final int[] load) {
    for (int e = 0; e < chosen.length; e++) {
      chosen[e] = KEPT * chosen[e] + (load[e] > 0 ? 1 : 0);
    }
  }

  /** How many of the last batches chose an expert, those further back counting less. */
  float chosen(final int expert) {
    return chosen[expert];
  }

  /** The expert without a place that was chosen most lately, or -1. */
  int wanted() {
    int found = -1;
    for (int e = 0; e < chosen.length; e++) {
      if (placeOf[e] < 0 && (found < 0 || chosen[e] > chosen[found])) {
        found = e;
      }
    }
    return found;
  }

  /**
   * A place that a wave does not use and whose expert was chosen clearly less than another, or -1.
   */
  int placeFor(final int wanted, final int[] wave) {
    final int place = leastChosen(wave);
    return place >= 0 && chosen[wanted] > MARGIN * chosen[expertAt[place]] ? place : -1;
  }

  long hits() {
    return hits;
  }

  long misses() {
    return misses;
  }
}
