package dev.braid.experts.moe.device;

import dev.braid.experts.moe.device.Device.Round;
import java.util.ArrayList;
import java.util.List;

/** Divides the experts that a batch needs into rounds that are computed as one batched product. */
public final class Rounds {
  private static final int LEAST = 8;

  private Rounds() {}

  /**
   * Rounds over seats side by side. Each has room for the busiest of its experts, and none has more
   * rows, padding included, than it may, but for a single seat.
   *
   * @param load rows of the expert in each of these seats, 0 where there is none; at most rows
   * @param seat of the first of them
   * @param slot of the first of them
   * @param rows most that an expert can have
   * @param mostRows of a round
   */
  static List<Round> of(
      final int[] load, final int seat, final int slot, final int rows, final long mostRows) {
    final List<Round> rounds = new ArrayList<>();
    int from = 0;
    while (from < load.length) {
      if (load[from] == 0) {
        from++;
        continue;
      }
      int capacity = capacity(load[from], rows);
      int used = from + 1;
      for (int to = used; to < load.length; to++) {
        final int wider = Math.max(capacity, capacity(load[to], rows));
        if ((to + 1L - from) * wider > mostRows) {
          break;
        }
        if (load[to] > 0) {
          capacity = wider;
          used = to + 1;
        }
      }
      rounds.add(new Round(seat + from, slot + from, used - from, capacity));
      from = used;
    }
    return rounds;
  }

  /** Room for so many rows: one of four sizes between two powers of two, so that few differ. */
  static int capacity(final int load, final int rows) {
    final int step = Math.max(LEAST, Integer.highestOneBit(Math.max(1, load - 1)) / 4);
    return Math.min(rows, (load + step - 1) / step * step);
  }
}
