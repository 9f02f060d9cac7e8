package dev.braid.experts.tree;

import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Checks that what was read from an image is a tree: every number that is used as an index lies in
 * range, no node is met twice on the way from the root, and each slot belongs to the leaf that
 * names it. Counts the leaves on the way.
 */
final class TreeCheck {
  private final TreeCore tree;
  private final TreeExtension extension;
  private final NodeTable nodes;
  private final boolean[] met;
  private int slotsMet;
  private final BitSet rowsMet = new BitSet();
  private int tablesMet;

  private TreeCheck(final TreeCore tree, final TreeExtension extension) {
    this.tree = tree;
    this.extension = extension;
    nodes = tree.nodes;
    met = new boolean[nodes.count()];
  }

  /** Checks the tree below its root, and that all other nodes are free. */
  static void check(final TreeCore tree, final TreeExtension extension, final int firstFree) {
    final TreeCheck check = new TreeCheck(tree, extension);
    check.count(tree.root);
    check.finish(firstFree);
  }

  private void count(final int root) {
    final int[] below = new int[met.length];
    int waiting = 0;
    if (root != NodeTable.NONE) {
      meet(root);
      below[waiting++] = root;
    }
    while (waiting > 0) {
      final int node = below[--waiting];
      checkNode(node);
      for (int branch = 0; nodes.isSplit(node) && branch < nodes.branches(node); branch++) {
        final int child = nodes.child(node, branch);
        if (child != NodeTable.NONE) {
          meet(child);
          below[waiting++] = child;
        }
      }
      final int alternate = extension.alternate(node);
      if (alternate != NodeTable.NONE) {
        meet(alternate);
        below[waiting++] = alternate;
      }
    }
  }

  private void meet(final int node) {
    require(node >= 0 && node < met.length && !met[node], node, "is no node or has two parents");
    met[node] = true;
  }

  private void checkNode(final int node) {
    final int kind = nodes.kind(node);
    final int classes = nodes.classes(node);
    require(classes >= 0 && classes <= tree.layout.classes, node, "has too many classes");
    require(!Double.isNaN(nodes.weight(node)), node, "has a class whose weight is no number");
    switch (kind) {
      case NodeTable.ACTIVE -> {
        tree.activeLeaves++;
        checkSlot(node, nodes.slot(node));
      }
      case NodeTable.INACTIVE -> {
        tree.inactiveLeaves++;
        require(nodes.slot(node) == NodeTable.NONE, node, "is inactive and has statistics");
      }
      case NodeTable.NUMERIC_SPLIT, NodeTable.VALUE_SPLIT, NodeTable.MULTIWAY_SPLIT -> {
        final int feature = nodes.feature(node);
        require(
            feature >= 0
                && feature < tree.layout.nominal.length
                && tree.layout.nominal[feature] == (kind != NodeTable.NUMERIC_SPLIT),
            node,
            "tests a feature that does not fit it");
        require(nodes.hasPlaces(node), node, "has places beyond the children");
        require(nodes.slot(node) == NodeTable.NONE, node, "is a split and has statistics");
      }
      default -> require(false, node, "is of unknown kind " + kind);
    }
  }

  private void checkSlot(final int node, final int slot) {
    if (slot != NodeTable.NONE) {
      require(
          slot >= 0 && slot < tree.store.count() && tree.store.owner(slot) == node,
          node,
          "has statistics that belong to another");
      slotsMet++;
      checkStatistics(node, slot);
    }
  }

  private void checkStatistics(final int node, final int slot) {
    final LeafLayout layout = tree.layout;
    final StatisticsStore leaves = tree.store.leaves();
    final double[] page = leaves.page(slot);
    final int at = leaves.offset(slot);
    if (layout.hasLeafSubspaces()) {
      double previous = -1;
      for (int j = 0; j < layout.observed; j++) {
        final double feature = page[at + j];
        require(
            feature > previous
                && feature == Math.rint(feature)
                && Arrays.binarySearch(layout.visible, (int) feature) >= 0,
            node,
            "observes a feature that is not there");
        previous = feature;
      }
    }
    final StatisticsStore rows = tree.store.rows();
    final boolean[] met = new boolean[layout.classCapacity];
    for (int c = 0; c < layout.classCapacity; c++) {
      final double row = page[at + layout.marks + c];
      require(
          row >= 0 && row <= rows.count() && row == Math.rint(row),
          node,
          "has statistics that are not there");
      if (row > 0) {
        require(
            rows.owner((int) row - 1) == slot && !rowsMet.get((int) row - 1),
            node,
            "has statistics that belong to another");
        rowsMet.set((int) row - 1);
        met[c] = true;
      }
    }
    final LeafView leaf = new LeafView(layout).at(tree.store, slot);
    for (int c = 0; c < layout.classCapacity; c++) {
      if (met[c]) {
        checkRow(node, leaf, c, (int) page[at + layout.marks + c] - 1);
      }
    }
  }

  private void checkRow(final int node, final LeafView leaf, final int c, final int row) {
    final LeafLayout layout = tree.layout;
    for (int j = 0; j < leaf.count; j++) {
      final int feature = leaf.features[j];
      if (!layout.nominal[feature]) {
        continue;
      }
      final double values = leaf.valuesMet(j, c);
      require(
          values >= 0 && values <= layout.valueCapacity[feature],
          node,
          "has met more values than there are");
      final double table = leaf.table(j, c);
      if (table != ValueTables.NONE) {
        final int position = leaf.offset(j) + LeafLayout.NOMINAL_ROW_HEAD;
        require(
            tree.store.tables.isSound(table, row, position, layout.valuesInTable(feature)),
            node,
            "has a table of values that is not sound");
        tablesMet++;
      }
    }
  }

  private void finish(final int firstFree) {
    if (slotsMet != tree.store.count()) {
      throw new MalformedImageException(
          "tree: " + tree.store.count() + " slots of statistics for " + slotsMet + " leaves");
    }
    int tables = 0;
    for (final StatisticsStore store : tree.store.tables.levels) {
      tables += store.count();
    }
    if (rowsMet.cardinality() != tree.store.rows().count() || tablesMet != tables) {
      throw new MalformedImageException("tree: there are statistics that no leaf has");
    }
    nodes.restoreFree(firstFree, met);
  }

  private static void require(final boolean condition, final int node, final String what) {
    if (!condition) {
      throw new MalformedImageException("tree: node " + node + " " + what);
    }
  }
}
