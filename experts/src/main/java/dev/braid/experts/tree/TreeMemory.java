package dev.braid.experts.tree;

/**
 * Keeps a tree under its byte cap (VFDT, section 3: the least promising leaves give up their
 * statistics). A leaf's promise is the weight that its majority class gets wrong. Where every byte
 * is found, so is the moment the cap binds: before it is exceeded, not at the next estimate.
 */
final class TreeMemory {
  /** Leaves given up at once are so many that the next one is not needed at once. */
  private static final int SHARE_GIVEN_UP = 20;

  private TreeMemory() {}

  /**
   * Makes room by deactivating leaves that promise less.
   *
   * @param promise of what the room is for
   * @return whether there is room for so many bytes
   */
  static boolean makeRoom(final TreeCore tree, final long bytes, final double promise) {
    final long cap = tree.options.maxBytes();
    if (tree.sizeBytes() + bytes <= cap) {
      return true;
    }
    if (tree.options.stopAtMemoryLimit()) {
      tree.growthAllowed = false;
    }
    final LeastPromising owners = ownersThatPromiseLess(tree, promise);
    final int least = tree.store.count() / SHARE_GIVEN_UP;
    for (int i = 0; owners.count() > 0; i++) {
      if (i > least && tree.sizeBytes() + bytes <= cap) {
        break;
      }
      tree.deactivate(owners.take());
    }
    return tree.sizeBytes() + bytes <= cap;
  }

  /**
   * Once leaves were deactivated: gives the statistics there is room for to the most promising
   * leaves. Under no pressure all become active again, as in MOA.
   */
  static void rebalance(final TreeCore tree) {
    if (tree.inactiveLeaves == 0) {
      return;
    }
    if (tree.options.stopAtMemoryLimit()) {
      tree.growthAllowed = false;
      return;
    }
    final LeastPromising leaves = leaves(tree);
    final long structure = tree.sizeBytes() - tree.store.sizeBytes();
    final long fitting =
        Math.max(0, (tree.options.maxBytes() - structure) / tree.store.bytesPerLeaf() - 1);
    while (leaves.count() > 0) {
      final boolean fits = leaves.count() <= fitting;
      final int leaf = leaves.take();
      final boolean active = tree.nodes.kind(leaf) == NodeTable.ACTIVE;
      if (!fits && active) {
        tree.deactivate(leaf);
      } else if (fits && !active) {
        tree.activate(leaf);
      }
    }
  }

  private static LeastPromising ownersThatPromiseLess(final TreeCore tree, final double promise) {
    final int slots = promise > 0.0 ? tree.store.count() : 0;
    int less = 0;
    for (int slot = 0; slot < slots; slot++) {
      less += tree.nodes.promise(tree.store.owner(slot)) < promise ? 1 : 0;
    }
    final LeastPromising owners = new LeastPromising(less);
    for (int slot = 0; owners.count() < less; slot++) {
      final int node = tree.store.owner(slot);
      final double its = tree.nodes.promise(node);
      if (its < promise) {
        owners.add(node, its);
      }
    }
    return owners;
  }

  private static LeastPromising leaves(final TreeCore tree) {
    final int nodes = tree.nodes.count();
    final LeastPromising leaves = new LeastPromising(nodes);
    for (int node = 0; node < nodes; node++) {
      final int kind = tree.nodes.kind(node);
      if (kind == NodeTable.ACTIVE || kind == NodeTable.INACTIVE) {
        leaves.add(node, tree.nodes.promise(node));
      }
    }
    return leaves;
  }
}
