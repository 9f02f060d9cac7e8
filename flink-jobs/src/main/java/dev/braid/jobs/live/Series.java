package dev.braid.jobs.live;

import java.util.ArrayList;
import java.util.List;

/**
 * Records in the order of their time, bounded: where there are too many, an even selection over
 * their whole span stays, and always the last one.
 */
final class Series {
  private List<Item> items = new ArrayList<>();
  private int most;
  private long spacing;
  private long bytes;

  /**
   * @param most items kept, 2 or more
   */
  Series(final int most) {
    this.most = most;
  }

  void add(final Item item) {
    final int size = items.size();
    // The last one stands for its span until the span is full.
    if (size >= 2 && item.at() - items.get(size - 2).at() < spacing) {
      bytes -= items.remove(size - 1).bytes();
    }
    items.add(item);
    bytes += item.bytes();
    if (items.size() > most) {
      thin();
    }
  }

  /** Keeps no more than so many from now on. */
  void atMost(final int fewer) {
    most = Math.max(2, fewer);
    if (items.size() > most) {
      thin();
    }
  }

  private void thin() {
    final Item last = items.get(items.size() - 1);
    spacing = Math.max(1, 2 * (last.at() - items.get(0).at()) / most);
    final List<Item> kept = new ArrayList<>();
    Item before = null;
    for (final Item item : items) {
      if (item.id() == last.id() || before == null || item.at() - before.at() >= spacing) {
        kept.add(item);
        before = item;
      }
    }
    keep(kept);
  }

  /** Drops what is older than a time. */
  void expire(final long oldest) {
    if (!items.isEmpty() && items.get(0).at() < oldest) {
      keep(new ArrayList<>(items.stream().filter(item -> item.at() >= oldest).toList()));
    }
  }

  private void keep(final List<Item> kept) {
    items = kept;
    bytes = kept.stream().mapToLong(Item::bytes).sum();
  }

  List<Item> items() {
    return items;
  }

  long bytes() {
    return bytes;
  }
}
