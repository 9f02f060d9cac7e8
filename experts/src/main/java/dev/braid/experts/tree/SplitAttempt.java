package dev.braid.experts.tree;

/** The attempt to split a leaf (VFDT, table 1, from the computation of G on). */
final class SplitAttempt {
  private final TreeCore tree;
  private final LeafView leaf;
  private final SplitSearch search;

  /**
   * @param leaf a cursor for the tree's present layout, which this class moves
   */
  SplitAttempt(final TreeCore tree, final LeafLayout layout, final LeafView leaf) {
    this.tree = tree;
    this.leaf = leaf;
    search = new SplitSearch(layout, tree.options);
  }

  /**
   * Splits a leaf if that is better than not to, beyond chance.
   *
   * @return whether the leaf is another node now: a split, or a leaf that starts anew since not to
   *     split was best
   */
  boolean attempt(final int node) {
    boolean replaced = false;
    final int slot = tree.nodes.slot(node);
    if (!tree.nodes.isPure(node) && slot != NodeTable.NONE) {
      leaf.at(tree.store, slot);
      final boolean decided;
      if (tree.layout.marks > 0 && !tree.layout.hasLeafSubspaces()) {
        decided = search.isDecidedAndPoorFeaturesStopped(tree.nodes, node, leaf);
        tree.store.touchLeaf(slot);
      } else {
        decided = search.isDecided(tree.nodes, node, leaf);
      }
      if (decided) {
        if (search.feature() == NodeTable.NONE) {
          tree.deactivate(node);
          TreeMemory.rebalance(tree);
          replaced = true;
        } else if (tree.growthAllowed && makeRoomToSplit(node)) {
          split(node);
          TreeMemory.rebalance(tree);
          replaced = true;
        }
      }
    }
    if (!tree.nodes.isSplit(node)) {
      tree.nodes.setAttempted(node, tree.nodes.weight(node));
    }
    return replaced;
  }

  /** Makes room for a split; false also if the leaf itself had to give up its statistics. */
  private boolean makeRoomToSplit(final int node) {
    return tree.makeRoomForNodes(places(), search.branches(), tree.nodes.promise(node))
        && tree.nodes.slot(node) != NodeTable.NONE;
  }

  /** Places for children of the best split: a multiway split has one for each known value. */
  private int places() {
    return search.kind() == NodeTable.MULTIWAY_SPLIT
        ? Math.max(search.branches(), tree.layout.values[search.feature()])
        : 2;
  }

  private void split(final int node) {
    leaf.at(tree.store, tree.nodes.slot(node));
    tree.nodes.split(node, search.kind(), search.feature(), search.value(), places());
    for (int branch = 0; branch < search.branches(); branch++) {
      final int child = tree.nodes.allocate();
      search.initialise(tree.nodes, child, leaf, branch);
      tree.nodes.setChild(node, branch, child);
    }
    tree.releaseStatistics(node);
    tree.activeLeaves += search.branches() - 1;
    tree.splits++;
  }

  long sizeBytes() {
    return 32 + search.sizeBytes();
  }

  /** The same of one that is not made yet. */
  static long sizeBytes(final LeafLayout layout) {
    return 32 + SplitSearch.sizeBytes(layout);
  }
}
