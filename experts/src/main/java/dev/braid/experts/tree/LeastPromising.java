package dev.braid.experts.tree;

/**
 * Leaves in the order of what they promise, the least first; of equal ones the one that was added
 * first. A binary heap, since most of the time only few of them are asked for.
 */
final class LeastPromising {
  private final int[] nodes;
  private final double[] promises;
  private final int[] heap;
  private int added;
  private int count;

  /**
   * @param most how many may be added
   */
  LeastPromising(final int most) {
    nodes = new int[most];
    promises = new double[most];
    heap = new int[most];
  }

  /** Adds a leaf; only before the first is taken. */
  void add(final int node, final double promise) {
    nodes[added] = node;
    promises[added] = promise;
    int at = count++;
    while (at > 0 && isBefore(added, heap[(at - 1) / 2])) {
      heap[at] = heap[(at - 1) / 2];
      at = (at - 1) / 2;
    }
    heap[at] = added++;
  }

  /** How many are left. */
  int count() {
    return count;
  }

  /** The next leaf, which is left out from now on. */
  int take() {
    final int first = heap[0];
    final int moved = heap[--count];
    int at = 0;
    for (int child = 1; child < count; child = 2 * at + 1) {
      if (child + 1 < count && isBefore(heap[child + 1], heap[child])) {
        child++;
      }
      if (isBefore(moved, heap[child])) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = moved;
    return nodes[first];
  }

  private boolean isBefore(final int a, final int b) {
    final int order = Double.compare(promises[a], promises[b]);
    return order == 0 ? a < b : order < 0;
  }
}
