package dev.braid.experts.tree;

import java.util.Arrays;
import java.util.Comparator;

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
    final int[] owners = ownersByPromise(tree);
    final int least = owners.length / SHARE_GIVEN_UP;
    for (int i = 0; i < owners.length; i++) {
      if (i > least && tree.sizeBytes() + bytes <= cap) {
        break;
      }
      if (tree.nodes.promise(owners[i]) >= promise) {
        break;
      }
      tree.deactivate(owners[i]);
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
    final int[] leaves = leavesByPromise(tree);
    final long structure = tree.sizeBytes() - tree.store.sizeBytes();
    final long fitting =
        Math.max(0, (tree.options.maxBytes() - structure) / tree.store.bytesPerLeaf() - 1);
    final int cutoff = (int) Math.max(0, leaves.length - fitting);
    for (int i = 0; i < leaves.length; i++) {
      final boolean active = tree.nodes.kind(leaves[i]) == NodeTable.ACTIVE;
      if (i < cutoff && active) {
        tree.deactivate(leaves[i]);
      } else if (i >= cutoff && !active) {
        tree.activate(leaves[i]);
      }
    }
  }

  private static int[] ownersByPromise(final TreeCore tree) {
    final int[] owners = new int[tree.store.count()];
    Arrays.setAll(owners, tree.store::owner);
    return byPromise(tree, owners);
  }

  private static int[] leavesByPromise(final TreeCore tree) {
    final int[] leaves = new int[tree.nodes.count()];
    int count = 0;
    for (int node = 0; node < leaves.length; node++) {
      final int kind = tree.nodes.kind(node);
      if (kind == NodeTable.ACTIVE || kind == NodeTable.INACTIVE) {
        leaves[count++] = node;
      }
    }
    return byPromise(tree, Arrays.copyOf(leaves, count));
  }

  private static int[] byPromise(final TreeCore tree, final int[] nodes) {
    return Arrays.stream(nodes)
        .boxed()
        .sorted(Comparator.comparingDouble(tree.nodes::promise))
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
