package dev.braid.experts.tree;

/** One leaf's statistics, found in the stores: a cursor that is moved from leaf to leaf. */
final class LeafView {
  private final LeafLayout layout;
  private final int[] ownFeatures;
  private final int[] ownOffsets;

  /** Features the leaf observes, ascending. */
  int[] features;

  int count;

  /** Per class, its row or -1, the page of that row and where in the page the row starts. */
  final int[] rows;

  final double[][] pages;

  final int[] rowAt;
  private int[] offsets;
  private LeafStatistics statistics;
  private int slotSeen;
  private long changesSeen;
  private double[] leafPage;
  private int leafAt;

  LeafView(final LeafLayout layout) {
    this.layout = layout;
    features = layout.visible;
    offsets = layout.offsets;
    count = layout.observed;
    ownFeatures = new int[layout.hasLeafSubspaces() ? layout.observed : 0];
    ownOffsets = new int[ownFeatures.length];
    rows = new int[layout.classCapacity];
    pages = new double[layout.classCapacity][];
    rowAt = new int[layout.classCapacity];
  }

  /** Moves to the leaf with that slot. */
  LeafView at(final LeafStatistics from, final int slot) {
    if (statistics == from && slotSeen == slot && changesSeen == from.changes()) {
      return this;
    }
    statistics = from;
    slotSeen = slot;
    changesSeen = from.changes();
    final StatisticsStore leaves = from.leaves();
    leafPage = leaves.page(slot);
    leafAt = leaves.offset(slot);
    if (ownFeatures.length > 0) {
      int at = 0;
      for (int j = 0; j < count; j++) {
        ownFeatures[j] = (int) leafPage[leafAt + j];
        ownOffsets[j] = at;
        at += layout.size(ownFeatures[j]);
      }
      features = ownFeatures;
      offsets = ownOffsets;
    }
    final StatisticsStore store = from.rows();
    for (int c = 0; c < rows.length; c++) {
      final int row = (int) leafPage[leafAt + layout.marks + c] - 1;
      rows[c] = row;
      pages[c] = row < 0 ? layout.zeros : store.page(row);
      rowAt[c] = row < 0 ? 0 : store.offset(row);
    }
    return this;
  }

  /** Where the j-th feature starts in a row. */
  int offset(final int j) {
    return offsets[j];
  }

  /** Weight of the instances of a class that had a value of the j-th feature, a nominal one. */
  double nominalWeight(final int j, final int c) {
    final double[] page = pages[c];
    final int row = rowAt[c] + offsets[j];
    return layout.isPair(features[j])
        ? Observer.pairWeight(page, row)
        : page[row + Observer.WEIGHT];
  }

  /** Highest value of the j-th feature met in a class, plus one. */
  double valuesMet(final int j, final int c) {
    final double[] page = pages[c];
    final int row = rowAt[c] + offsets[j];
    return layout.isPair(features[j])
        ? Observer.pairValuesMet(page, row)
        : page[row + Observer.VALUES_MET];
  }

  /** Weight of a value of the j-th feature, a nominal one, in a class. */
  double valueWeight(final int j, final int c, final int value) {
    final int feature = features[j];
    final int valuesInTable = layout.valuesInTable(feature);
    if (valuesInTable > 0) {
      return tableWeight(c, offsets[j], valuesInTable, value);
    }
    final double weight = pages[c][rowAt[c] + offsets[j] + layout.head(feature) + value];
    return layout.isPair(feature) ? Math.max(0.0, weight) : weight;
  }

  /**
   * Weight of a nominal value kept in a table.
   *
   * @param offset where the feature starts in a row
   * @param valuesInTable values of the feature
   */
  double tableWeight(final int c, final int offset, final int valuesInTable, final int value) {
    final double name = pages[c][rowAt[c] + offset + LeafLayout.NOMINAL_ROW_HEAD];
    return statistics.tables.weight(name, valuesInTable, value);
  }

  /** Name of the table of the j-th feature in a class; {@link ValueTables#NONE} if none. */
  double table(final int j, final int c) {
    return layout.valuesInTable(features[j]) == 0
        ? ValueTables.NONE
        : pages[c][rowAt[c] + offsets[j] + LeafLayout.NOMINAL_ROW_HEAD];
  }

  /** Whether the leaf no longer observes the j-th of its features. */
  boolean stopped(final int j) {
    return layout.marks > 0 && !layout.hasLeafSubspaces() && leafPage[leafAt + j] != 0.0;
  }

  void stop(final int j) {
    leafPage[leafAt + j] = 1.0;
  }

  /** Sets the subspace of a new leaf. */
  void setFeatures(final int[] chosen) {
    for (int j = 0; j < chosen.length; j++) {
      leafPage[leafAt + j] = chosen[j];
    }
    statistics = null;
  }

  long sizeBytes() {
    return 88 + 5 * 16 + 8L * ownFeatures.length + 16L * rowAt.length;
  }
}
