package dev.braid.experts.tree;

/**
 * The sufficient statistics of all observing leaves, as {@link LeafLayout} lays them out: a slot
 * per leaf names a row for each class met there, and a row names a table for each nominal feature
 * with many values. What a leaf has not met takes no room.
 */
final class LeafStatistics {
  private final LeafLayout layout;
  private final StatisticsStore leaves;
  private final StatisticsStore rows;
  final ValueTables tables;
  private final StatisticsStore[] stores;
  private final LeafView view;
  private long changes;

  LeafStatistics(final LeafLayout layout) {
    this.layout = layout;
    leaves = new StatisticsStore(layout.marks + layout.classCapacity);
    rows = new StatisticsStore(layout.rowStride);
    tables = new ValueTables(layout.mostValuesInTables(), rows);
    stores = new StatisticsStore[2 + tables.levels.length];
    stores[0] = leaves;
    stores[1] = rows;
    System.arraycopy(tables.levels, 0, stores, 2, tables.levels.length);
    view = new LeafView(layout);
  }

  /** Rises whenever a slot or row has come, gone or moved. */
  long changes() {
    return changes;
  }

  /** Leaves with statistics. */
  int count() {
    return leaves.count();
  }

  /** The node of a slot. */
  int owner(final int slot) {
    return leaves.owner(slot);
  }

  /** Slots of leaves, rows, and tables by size: what an image holds. */
  StatisticsStore[] stores() {
    return stores;
  }

  StatisticsStore leaves() {
    return leaves;
  }

  StatisticsStore rows() {
    return rows;
  }

  /** The row of a class in a leaf, or -1. */
  int row(final int slot, final int c) {
    return (int) leaves.page(slot)[leaves.offset(slot) + layout.marks + c] - 1;
  }

  private void setRow(final int slot, final int c, final int row) {
    leaves.page(slot)[leaves.offset(slot) + layout.marks + c] = row + 1.0;
    leaves.touch(slot);
    changes++;
  }

  int allocate(final int node) {
    changes++;
    return leaves.allocate(node);
  }

  /** Gives a class a row of zeros in a leaf. */
  void allocateRow(final int slot, final int c) {
    setRow(slot, c, rows.allocate(slot));
  }

  void touchLeaf(final int slot) {
    leaves.touch(slot);
  }

  /** Takes an instance into the row of its class, which must be there. */
  void observe(final LeafView leaf, final Inputs inputs, final int label, final double weight) {
    final double[] page = leaf.pages[label];
    final int at = leaf.rowAt[label];
    for (int i = 0; i < inputs.numbers; i++) {
      Observer.observeNumber(page, at + inputs.numberAt[i], inputs.number[i], weight);
    }
    for (int i = 0; i < inputs.pairs; i++) {
      Observer.observePair(page, at + inputs.pairAt[i], inputs.pairValue[i], weight);
    }
    final int row = leaf.rows[label];
    for (int i = 0; i < inputs.values; i++) {
      final int value = inputs.value[i];
      final int from = at + inputs.valueAt[i];
      Observer.observeValue(page, from, value, weight);
      if (inputs.valuesInTable[i] == 0) {
        page[from + LeafLayout.NOMINAL_ROW_HEAD + value] += weight;
      } else {
        final int position = inputs.valueAt[i] + LeafLayout.NOMINAL_ROW_HEAD;
        tables.add(row, position, inputs.valuesInTable[i], value, weight);
      }
    }
    rows.touch(row);
  }

  /** Bytes at the most that it takes to observe an instance. */
  long bytesToObserve(final LeafView leaf, final Inputs inputs, final int label) {
    long bytes = leaf.rows[label] < 0 ? rows.bytesToAllocate() : 0;
    for (int i = 0; tables.levels.length > 0 && i < inputs.values; i++) {
      final int values = inputs.valuesInTable[i];
      if (values > 0) {
        final double name =
            leaf.pages[label][leaf.rowAt[label] + inputs.valueAt[i] + LeafLayout.NOMINAL_ROW_HEAD];
        bytes += tables.hasRoom(name, values, inputs.value[i]) ? 0 : tables.bytesToGrow(name);
      }
    }
    return bytes;
  }

  /** Bytes that the slot of one more leaf takes. */
  long bytesToAllocate() {
    return leaves.bytesToAllocate();
  }

  /**
   * Gives back all that a leaf has.
   *
   * @return the node whose leaf has this slot now, or -1 if there is none
   */
  int release(final int slot) {
    for (int c = 0; c < layout.classCapacity; c++) {
      final int row = row(slot, c);
      if (row >= 0) {
        releaseTables(slot, c);
        setRow(slot, c, -1);
        releaseRow(row);
      }
    }
    changes++;
    final int moved = leaves.release(slot);
    for (int c = 0; moved >= 0 && c < layout.classCapacity; c++) {
      final int row = row(slot, c);
      if (row >= 0) {
        rows.setOwner(row, slot);
        rows.touch(row);
      }
    }
    return moved;
  }

  private void releaseTables(final int slot, final int c) {
    if (tables.levels.length > 0) {
      view.at(this, slot);
      for (int j = 0; j < view.count; j++) {
        final double name = view.table(j, c);
        if (name != ValueTables.NONE) {
          tables.release(name);
        }
      }
    }
  }

  private void releaseRow(final int row) {
    changes++;
    final int slot = rows.release(row);
    if (slot < 0) {
      return;
    }
    int c = 0;
    while (row(slot, c) != rows.count()) {
      c++;
    }
    setRow(slot, c, row);
    if (tables.levels.length > 0) {
      view.at(this, slot);
      for (int j = 0; j < view.count; j++) {
        final double name = view.table(j, c);
        if (name != ValueTables.NONE) {
          tables.setOwner(name, row);
        }
      }
    }
  }

  /** Bytes of a leaf on the average, of one with a single class if there is none. */
  long bytesPerLeaf() {
    long bytes = 0;
    for (final StatisticsStore store : stores) {
      bytes += store.count() * store.bytesPerSlot();
    }
    return Math.max(
        leaves.bytesPerSlot() + rows.bytesPerSlot(), bytes / Math.max(1, leaves.count()));
  }

  int pageCount() {
    int pages = 0;
    for (final StatisticsStore store : stores) {
      pages += store.pageCount();
    }
    return pages;
  }

  long sizeBytes() {
    long bytes = 64 + 32 + 8L * stores.length + view.sizeBytes();
    for (final StatisticsStore store : stores) {
      bytes += store.sizeBytes();
    }
    return bytes;
  }
}
