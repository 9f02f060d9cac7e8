package dev.braid.experts.tree;

import dev.braid.state.image.Column;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.Arrays;

/**
 * The arrays of a {@link NodeTable}, and what its leaves count in them: the weights of the classes,
 * and how well majority class and naive Bayes predict.
 *
 * <pre>
 * links     per node: kind, feature tested, where its children start, how many places they have,
 *           slot of the statistics or -1, highest class met + 1
 * numbers   per node: value tested, weight at the last split attempt, weight rightly predicted by
 *           majority class and by naive Bayes, then the weight of each class
 * </pre>
 */
abstract class NodeArrays {
  static final int NONE = -1;

  static final int LINKS = 6;
  static final int NUMBERS = 4;
  static final int CLASSES = 5;
  static final int VALUE = 0;

  private static final int ATTEMPTED = 1;
  private static final int MAJORITY_RIGHT = 2;
  private static final int BAYES_RIGHT = 3;

  /** Nodes per page, the unit in which changes are tracked. */
  static final int PAGE_SHIFT = 5;

  final int stride;
  int[] links;
  double[] numbers;
  boolean[] dirty = {true};
  int count;

  /** Per node, once they are asked for often; null before. They follow from the weights. */
  private double[] promises;

  NodeArrays(final int classCapacity) {
    stride = NUMBERS + classCapacity;
    links = new int[4 * LINKS];
    numbers = new double[4 * stride];
  }

  /** Numbers handed out so far, those of free nodes among them. */
  final int count() {
    return count;
  }

  /** Nodes there is room for; part of the state, since the byte cap sees it. */
  final int nodeRoom() {
    return links.length / LINKS;
  }

  final void setNodeRoom(final int room) {
    links = Arrays.copyOf(links, room * LINKS);
    numbers = Arrays.copyOf(numbers, room * stride);
    dirty = Arrays.copyOf(dirty, nodePages(room));
    if (promises != null) {
      promises = Arrays.copyOf(promises, room);
    }
  }

  static int grown(final int room, final int needed) {
    return Math.max(needed, room + room / 4 + 1);
  }

  final void ensureNodes(final int needed) {
    if (needed > nodeRoom()) {
      setNodeRoom(grown(nodeRoom(), needed));
    }
  }

  /** Highest class met in the node, plus one. */
  final int classes(final int node) {
    return links[node * LINKS + CLASSES];
  }

  /** All numbers; those of a node's classes start at {@link #classesAt}. */
  final double[] numbers() {
    return numbers;
  }

  final int classesAt(final int node) {
    return node * stride + NUMBERS;
  }

  final void addWeight(final int node, final int label, final double weight) {
    numbers[classesAt(node) + label] += weight;
    if (label >= links[node * LINKS + CLASSES]) {
      links[node * LINKS + CLASSES] = label + 1;
    }
    renewPromise(node);
    touch(node);
  }

  /** Gives a new leaf the class weights that its parent's split leads to expect. */
  final void setDistribution(final int node, final double[] weights, final int classes) {
    System.arraycopy(weights, 0, numbers, classesAt(node), classes);
    links[node * LINKS + CLASSES] = classes;
    renewPromise(node);
    setAttempted(node, weight(node));
  }

  final double weight(final int node) {
    double sum = 0.0;
    final int from = classesAt(node);
    final int to = from + classes(node);
    for (int i = from; i < to; i++) {
      sum += numbers[i];
    }
    return sum;
  }

  /** The first class of the largest weight, or -1 in a node without classes. */
  final int majority(final int node) {
    final int from = classesAt(node);
    final int classes = classes(node);
    int best = classes == 0 ? NONE : 0;
    for (int c = 1; c < classes; c++) {
      if (numbers[from + c] > numbers[from + best]) {
        best = c;
      }
    }
    return best;
  }

  final boolean isPure(final int node) {
    final int from = classesAt(node);
    int met = 0;
    for (int c = 0; c < classes(node); c++) {
      if (numbers[from + c] != 0.0) {
        met++;
      }
    }
    return met < 2;
  }

  /** Weight that the majority class gets wrong: what there is to gain from a leaf. */
  final double promise(final int node) {
    return promises == null ? promiseOfWeights(node) : promises[node];
  }

  /** From now on promises are kept, since somebody asks for those of all leaves. */
  final void keepPromises() {
    if (promises == null) {
      promises = new double[nodeRoom()];
      for (int node = 0; node < count; node++) {
        promises[node] = promiseOfWeights(node);
      }
    }
  }

  /** The weights of a node have changed. */
  final void renewPromise(final int node) {
    if (promises != null) {
      promises[node] = promiseOfWeights(node);
    }
  }

  private double promiseOfWeights(final int node) {
    final double weight = weight(node);
    return weight > 0.0 ? weight - numbers[classesAt(node) + majority(node)] : 0.0;
  }

  final double attempted(final int node) {
    return numbers[node * stride + ATTEMPTED];
  }

  final void setAttempted(final int node, final double weight) {
    numbers[node * stride + ATTEMPTED] = weight;
    touch(node);
  }

  final void countRight(
      final int node, final boolean majority, final boolean bayes, final double weight) {
    final int at = node * stride;
    if (majority) {
      numbers[at + MAJORITY_RIGHT] += weight;
    }
    if (bayes) {
      numbers[at + BAYES_RIGHT] += weight;
    }
    touch(node);
  }

  final boolean majorityIsBetter(final int node) {
    final int at = node * stride;
    return numbers[at + MAJORITY_RIGHT] > numbers[at + BAYES_RIGHT];
  }

  final void touch(final int node) {
    dirty[node >> PAGE_SHIFT] = true;
  }

  final int nodePages() {
    return nodePages(count);
  }

  static int nodePages(final int nodes) {
    return (nodes + (1 << PAGE_SHIFT) - 1) >> PAGE_SHIFT;
  }

  final boolean isDirty(final int page) {
    return dirty[page];
  }

  /**
   * @param isShort whether in few bytes, and not as fast as it goes
   */
  final void writeNodes(final int page, final boolean isShort, final ImageWriter out) {
    final int from = page << PAGE_SHIFT;
    final int nodes = Math.min(count - from, 1 << PAGE_SHIFT);
    final double[] column = new double[nodes];
    for (int l = 0; l < LINKS; l++) {
      for (int i = 0; i < nodes; i++) {
        column[i] = links[(from + i) * LINKS + l] - (double) NONE;
      }
      Column.write(column, nodes, isShort, out);
    }
    for (int l = 0; l < stride; l++) {
      for (int i = 0; i < nodes; i++) {
        column[i] = numbers[(from + i) * stride + l];
      }
      Column.write(column, nodes, isShort, out);
    }
  }

  /** Takes the next page of nodes, of {@code total} in all. */
  final void readNodes(final ImageReader in, final int total) {
    final int nodes = Math.min(total - count, 1 << PAGE_SHIFT);
    final double[] column = new double[nodes];
    for (int l = 0; l < LINKS; l++) {
      Column.read(column, nodes, in);
      for (int i = 0; i < nodes; i++) {
        links[(count + i) * LINKS + l] = (int) (column[i] + NONE);
      }
    }
    for (int l = 0; l < stride; l++) {
      Column.read(column, nodes, in);
      for (int i = 0; i < nodes; i++) {
        numbers[(count + i) * stride + l] = column[i];
      }
    }
    count += nodes;
  }

  /** Makes a leaf forget how well it predicted, and start a grace period. */
  final void startAnew(final int node) {
    numbers[node * stride + MAJORITY_RIGHT] = 0.0;
    numbers[node * stride + BAYES_RIGHT] = 0.0;
    setAttempted(node, weight(node));
  }

  /** Bytes of a node. */
  final long bytesPerNode() {
    return 4L * LINKS + 8L * stride + 1;
  }

  long sizeBytes() {
    return 40 + 3 * 16 + 4L * links.length + 8L * numbers.length + dirty.length;
  }
}
