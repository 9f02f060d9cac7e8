package dev.braid.experts.tree;

import dev.braid.image.MalformedImageException;
import java.util.Arrays;

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
    final double[] page = tree.store.page(slot);
    final int base = tree.store.offset(slot);
    if (layout.hasLeafSubspaces()) {
      double previous = -1;
      for (int j = 0; j < layout.observed; j++) {
        final double feature = page[base + j];
        require(
            feature > previous
                && feature == Math.rint(feature)
                && Arrays.binarySearch(layout.visible, (int) feature) >= 0,
            node,
            "observes a feature that is not there");
        previous = feature;
      }
    }
    final LeafView leaf = new LeafView(layout).at(tree.store, slot);
    for (int j = 0; j < leaf.count; j++) {
      final int feature = leaf.features[j];
      for (int c = 0; layout.nominal[feature] && c < layout.classCapacity; c++) {
        final double values = page[leaf.offset(j) + c * layout.row(feature) + Observer.VALUES_MET];
        require(
            values >= 0 && values <= layout.valueCapacity[feature],
            node,
            "has met more values than there are");
      }
    }
  }

  private void finish(final int firstFree) {
    if (slotsMet != tree.store.count()) {
      throw new MalformedImageException(
          "tree: " + tree.store.count() + " slots of statistics for " + slotsMet + " leaves");
    }
    nodes.restoreFree(firstFree, met);
  }

  private static void require(final boolean condition, final int node, final String what) {
    if (!condition) {
      throw new MalformedImageException("tree: node " + node + " " + what);
    }
  }
}
