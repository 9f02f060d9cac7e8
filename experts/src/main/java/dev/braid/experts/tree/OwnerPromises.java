package dev.braid.experts.tree;

import java.util.Arrays;

/**
 * What the leaves with statistics promise, by slot, side by side: a tree that is full asks again
 * and again who promises less. Follows from the tree and is no part of its image; it is made when
 * the cap binds first, and a tree that never gets there has none.
 */
final class OwnerPromises {
  private double[] promises;

  /** None of the leaves promises less. */
  private double least;

  OwnerPromises(final TreeCore tree) {
    promises = new double[tree.store.count()];
    for (int slot = 0; slot < promises.length; slot++) {
      promises[slot] = tree.nodes.promise(tree.store.owner(slot));
    }
  }

  /** The leaf in a slot promises something else, or another leaf is there. */
  void set(final int slot, final double promise) {
    if (slot >= promises.length) {
      promises = Arrays.copyOf(promises, slot + 1 + slot / 4);
    }
    promises[slot] = promise;
    least = Math.min(least, promise);
  }

  /** The leaves that promise less than so much. */
  LeastPromising below(final TreeCore tree, final double promise) {
    if (promise <= least) {
      return new LeastPromising(0);
    }
    final int slots = tree.store.count();
    int below = 0;
    double lowest = Double.POSITIVE_INFINITY;
    for (int slot = 0; slot < slots; slot++) {
      below += promises[slot] < promise ? 1 : 0;
      lowest = Math.min(lowest, promises[slot]);
    }
    least = lowest;
    final LeastPromising owners = new LeastPromising(below);
    for (int slot = 0; owners.count() < below; slot++) {
      if (promises[slot] < promise) {
        owners.add(tree.store.owner(slot), promises[slot]);
      }
    }
    return owners;
  }
}
