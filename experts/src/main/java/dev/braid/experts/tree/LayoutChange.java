package dev.braid.experts.tree;

import java.util.Arrays;

/** Moves the statistics of all leaves into a larger layout. */
final class LayoutChange {
  private LayoutChange() {}

  static StatisticsStore convert(
      final StatisticsStore store,
      final LeafView oldLeaf,
      final LeafLayout oldLayout,
      final LeafView newLeaf,
      final LeafLayout newLayout) {
    final StatisticsStore wider = new StatisticsStore(newLayout.stride);
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
      copyFeatures(oldLeaf, oldLayout, newLeaf, newLayout);
    }
    return wider;
  }

  private static void copyFeatures(
      final LeafView oldLeaf,
      final LeafLayout oldLayout,
      final LeafView newLeaf,
      final LeafLayout newLayout) {
    for (int j = 0; j < newLeaf.count; j++) {
      final int feature = newLeaf.features[j];
      final int oldJ = Arrays.binarySearch(oldLeaf.features, 0, oldLeaf.count, feature);
      if (oldJ < 0) {
        for (int c = 0; c < oldLayout.classCapacity; c++) {
          newLeaf.page[newLeaf.offset(j) + c * newLayout.row(feature) + Observer.WEIGHT] =
              Observer.NOT_YET;
        }
        continue;
      }
      if (oldLeaf.stopped(oldJ)) {
        newLeaf.stop(j);
      }
      final int row = oldLayout.row(feature);
      for (int c = 0; c < oldLayout.classCapacity; c++) {
        System.arraycopy(
            oldLeaf.page,
            oldLeaf.offset(oldJ) + c * row,
            newLeaf.page,
            newLeaf.offset(j) + c * newLayout.row(feature),
            row);
      }
    }
  }
}
