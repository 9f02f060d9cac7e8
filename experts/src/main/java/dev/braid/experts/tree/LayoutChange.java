package dev.braid.experts.tree;

import java.util.Arrays;

/** Moves the statistics of all leaves into a larger layout. */
final class LayoutChange {
  private LayoutChange() {}

  static LeafStatistics convert(
      final LeafStatistics store,
      final LeafView oldLeaf,
      final LeafLayout oldLayout,
      final LeafView newLeaf,
      final LeafLayout newLayout) {
    final LeafStatistics wider = new LeafStatistics(newLayout);
    for (int slot = 0; slot < store.count(); slot++) {
      wider.allocate(store.owner(slot));
      oldLeaf.at(store, slot);
      newLeaf.at(wider, slot);
      if (newLayout.hasLeafSubspaces()) {
        newLeaf.setFeatures(
            Arrays.copyOf(
                oldLayout.hasLeafSubspaces() ? oldLeaf.features : newLayout.visible,
                newLayout.observed));
        newLeaf.at(wider, slot);
      }
      final boolean[] isNew = copyMarks(oldLeaf, newLeaf);
      for (int c = 0; c < oldLayout.classCapacity; c++) {
        if (store.row(slot, c) >= 0 || containsTrue(isNew)) {
          wider.allocateRow(slot, c);
          newLeaf.at(wider, slot);
          copyRow(c, oldLeaf, newLeaf, newLayout, wider.tables, wider.row(slot, c));
        }
      }
    }
    return wider;
  }

  /** Copies which features are stopped; says which ones the leaf did not observe before. */
  private static boolean[] copyMarks(final LeafView oldLeaf, final LeafView newLeaf) {
    final boolean[] isNew = new boolean[newLeaf.count];
    for (int j = 0; j < newLeaf.count; j++) {
      final int oldJ = find(oldLeaf, newLeaf.features[j]);
      isNew[j] = oldJ < 0;
      if (oldJ >= 0 && oldLeaf.stopped(oldJ)) {
        newLeaf.stop(j);
      }
    }
    return isNew;
  }

  private static boolean containsTrue(final boolean[] flags) {
    for (final boolean flag : flags) {
      if (flag) {
        return true;
      }
    }
    return false;
  }

  private static int find(final LeafView leaf, final int feature) {
    return Arrays.binarySearch(leaf.features, 0, leaf.count, feature);
  }

  private static void copyRow(
      final int c,
      final LeafView oldLeaf,
      final LeafView newLeaf,
      final LeafLayout newLayout,
      final ValueTables tables,
      final int row) {
    for (int j = 0; j < newLeaf.count; j++) {
      final int feature = newLeaf.features[j];
      final int oldJ = find(oldLeaf, feature);
      final double[] page = newLeaf.pages[c];
      final int at = newLeaf.rowAt[c] + newLeaf.offset(j);
      if (oldJ < 0) {
        page[at + Observer.WEIGHT] = Observer.NOT_YET;
        continue;
      }
      final double[] oldPage = oldLeaf.pages[c];
      final int oldAt = oldLeaf.rowAt[c] + oldLeaf.offset(oldJ);
      if (!newLayout.nominal[feature]) {
        System.arraycopy(oldPage, oldAt, page, at, LeafLayout.NUMERIC_ROW);
        continue;
      }
      copyValues(c, oldLeaf, oldJ, newLeaf, j, newLayout, tables, row);
    }
  }

  private static void copyValues(
      final int c,
      final LeafView oldLeaf,
      final int oldJ,
      final LeafView newLeaf,
      final int j,
      final LeafLayout newLayout,
      final ValueTables tables,
      final int row) {
    final int feature = newLeaf.features[j];
    final double[] page = newLeaf.pages[c];
    final int at = newLeaf.rowAt[c] + newLeaf.offset(j);
    final double weight = oldLeaf.nominalWeight(oldJ, c);
    final int met = (int) oldLeaf.valuesMet(oldJ, c);
    page[at + Observer.WEIGHT] = weight;
    if (!(weight > 0)) {
      return;
    }
    if (!newLayout.isPair(feature)) {
      page[at + Observer.VALUES_MET] = met;
    }
    final int values = newLayout.valuesInTable(feature);
    final int head = newLayout.head(feature);
    for (int v = 0; v < met; v++) {
      final double ofValue = oldLeaf.valueWeight(oldJ, c, v);
      if (values == 0) {
        page[at + head + v] = ofValue;
      } else if (ofValue != 0.0) {
        tables.add(row, newLeaf.offset(j) + head, values, v, ofValue);
      }
    }
  }
}
