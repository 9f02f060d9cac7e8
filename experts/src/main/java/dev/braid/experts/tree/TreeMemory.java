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
    if (tree.options.stopAtMaxBytes()) {
      tree.growthAllowed = false;
    }
    final LeastPromising owners = tree.promises().below(tree, promise);
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
    if (tree.options.stopAtMaxBytes()) {
      tree.growthAllowed = false;
      return;
    }
    final NodeTable nodes = tree.nodes;
    nodes.keepPromises();
    final double[] promises = new double[nodes.count()];
    int leaves = 0;
    for (int node = 0; node < promises.length; node++) {
      if (isLeaf(nodes, node)) {
        promises[leaves++] = nodes.promise(node);
      }
    }
    final long structure = tree.sizeBytes() - tree.store.sizeBytes();
    final long fitting =
        Math.max(0, (tree.options.maxBytes() - structure) / tree.store.bytesPerLeaf() - 1);
    final int surplus = (int) Math.max(0, leaves - fitting);
    // Of leaves that promise as much as the first one that fits, the first ones in the table go.
    final double least =
        surplus == 0 ? Double.NEGATIVE_INFINITY : Smallest.of(promises, leaves, surplus - 1);
    int ties = surplus;
    for (int l = 0; l < leaves; l++) {
      ties -= promises[l] < least ? 1 : 0;
    }
    final LeastPromising going = new LeastPromising(surplus);
    for (int node = 0; node < nodes.count(); node++) {
      if (!isLeaf(nodes, node)) {
        continue;
      }
      final double promise = nodes.promise(node);
      final boolean fits = promise > least || (promise == least && ties-- <= 0);
      final boolean active = nodes.kind(node) == NodeTable.ACTIVE;
      if (!fits && active) {
        going.add(node, promise);
      } else if (fits && !active) {
        tree.activate(node);
      }
    }
    while (going.count() > 0) {
      tree.deactivate(going.take());
    }
  }

  private static boolean isLeaf(final NodeTable nodes, final int node) {
    final int kind = nodes.kind(node);
    return kind == NodeTable.ACTIVE || kind == NodeTable.INACTIVE;
  }
}
