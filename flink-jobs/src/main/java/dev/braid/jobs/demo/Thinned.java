package dev.braid.jobs.demo;

import java.util.ArrayList;
import java.util.List;

/**
 * Keeps an even selection of an endless sequence: whenever it holds too many, every second one
 * goes, and from then on only half as many are taken.
 */
final class Thinned<T> {
  private final int most;
  private final List<T> kept = new ArrayList<>();
  private long stride = 1;
  private long offered;

  /**
   * @param most elements kept at any time, 2 or more
   */
  Thinned(final int most) {
    this.most = most;
  }

  void offer(final T element) {
    offered++;
    if (offered % stride != 0) {
      return;
    }
    if (kept.size() == most) {
      // Those at even places are the ones whose number the doubled stride divides.
      for (int i = 0; i < most / 2; i++) {
        kept.set(i, kept.get(2 * i + 1));
      }
      kept.subList(most / 2, most).clear();
      stride *= 2;
      if (offered % stride != 0) {
        return;
      }
    }
    kept.add(element);
  }

  List<T> kept() {
    return List.copyOf(kept);
  }
}
