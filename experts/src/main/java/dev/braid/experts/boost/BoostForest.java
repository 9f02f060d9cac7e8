package dev.braid.experts.boost;

import dev.braid.state.image.Column;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Trees in flat arrays, each complete: a node that does not split sends all events left, since no
 * number reaches its threshold. Node n of a tree has its children at 2n + 1 and 2n + 2.
 */
final class BoostForest {
  /** Words of the set of codes that go right. */
  static final int WORDS = BoostWindow.CODES / Long.SIZE;

  private final int most;
  final int inner;
  final int leaves;
  int classes;
  int count;

  /** The tree that is replaced next, once there are as many as there may be. */
  int oldest;

  private int room;
  int[] feature = new int[0];
  float[] threshold = new float[0];
  long[] right = new long[0];
  float[] leaf = new float[0];

  // Scratch of one event, 0 in front: numbers, codes of nominal values and where these are.
  private float[] number = {};
  private int[] code = {};
  private int[] isCode = {};

  // Scratch of one tree: what its nodes test, events in the order of its leaves,
  // and the leaf of each.
  private final float[][] tested;
  private final float[] edge;
  private int[] sorted = {};
  private int[] aside = {};
  private int[] leafOf = {};

  BoostForest(final BoostOptions options, final int classes) {
    most = options.trees();
    inner = options.inner();
    leaves = options.leaves();
    tested = new float[inner][];
    edge = new float[inner];
    this.classes = classes;
  }

  boolean isFull() {
    return count == most;
  }

  /** Drops all trees, and the room for them. */
  void clear() {
    count = 0;
    oldest = 0;
    right = new long[0];
    allocate(0);
  }

  /** The place of a new tree: behind the others, or that of the oldest one. */
  int place(final boolean nominal) {
    if (count < most && count == room) {
      allocate(larger());
    }
    if (nominal && right.length == 0) {
      needSets();
    }
    if (count < most) {
      return count++;
    }
    final int at = oldest;
    oldest = (oldest + 1) % most;
    return at;
  }

  /** The room that comes next: one that was read has as much as one that grew. */
  private int larger() {
    return Math.min(most, Math.max(4, 2 * room));
  }

  private void allocate(final int trees) {
    room = trees;
    feature = Arrays.copyOf(feature, trees * inner);
    threshold = Arrays.copyOf(threshold, trees * inner);
    leaf = Arrays.copyOf(leaf, trees * leaves * classes);
    if (right.length > 0) {
      needSets();
    }
  }

  private void needSets() {
    right = Arrays.copyOf(right, room * inner * WORDS);
  }

  /**
   * Adds what all trees say to {@code out}, shape [classes].
   *
   * @param row an event, of one number at least
   */
  void addScores(final float[] row, final boolean[] nominal, final float[] out) {
    final boolean complete = !hasMissing(row);
    if (complete && right.length > 0) {
      look(row, nominal);
    }
    if (classes == 2) {
      float first = out[0];
      float second = out[1];
      for (int t = 0; t < count; t++) {
        final int from = 2 * leafOf(t, row, nominal, complete);
        first += leaf[from];
        second += leaf[from + 1];
      }
      out[0] = first;
      out[1] = second;
      return;
    }
    for (int t = 0; t < count; t++) {
      final int from = leafOf(t, row, nominal, complete) * classes;
      for (int c = 0; c < classes; c++) {
        out[c] += leaf[from + c];
      }
    }
  }

  private int leafOf(
      final int tree, final float[] row, final boolean[] nominal, final boolean complete) {
    if (complete) {
      return right.length == 0 ? leafByNumbers(tree, row) : leafOfComplete(tree);
    }
    final int base = tree * inner;
    int node = 0;
    while (node < inner) {
      final int f = feature[base + node];
      final boolean goesRight =
          f >= 0
              && (nominal[f] ? isIn(base + node, (int) row[f]) : row[f] >= threshold[base + node]);
      node = 2 * node + (goesRight ? 2 : 1);
    }
    return tree * leaves + node - inner;
  }

  /** The same where all features are numbers, none of which is missing. */
  private int leafByNumbers(final int tree, final float[] row) {
    final int base = tree * inner;
    int node = 0;
    while (node < inner) {
      final float number = row[Math.max(0, feature[base + node])];
      node = 2 * node + 2 - isNegative(number - threshold[base + node]);
    }
    return tree * leaves + node - inner;
  }

  /** The same for the event looked at, of which no number is missing: no branch depends on it. */
  private int leafOfComplete(final int tree) {
    final int base = tree * inner;
    int node = 0;
    while (node < inner) {
      final int at = base + node;
      final int f = 1 + feature[at];
      final int reaches = 1 - isNegative(number[f] - threshold[at]);
      final int isIn = (int) (right[at * WORDS + (code[f] >> 6)] >>> code[f]) & 1;
      node = 2 * node + 1 + (reaches ^ ((reaches ^ isIn) & isCode[f]));
    }
    return tree * leaves + node - inner;
  }

  private void look(final float[] row, final boolean[] nominal) {
    if (number.length <= row.length) {
      number = new float[row.length + 1];
      code = new int[row.length + 1];
      isCode = new int[row.length + 1];
    }
    for (int f = 0; f < nominal.length; f++) {
      number[1 + f] = row[f];
      code[1 + f] = nominal[f] ? (int) row[f] : 0;
      isCode[1 + f] = nominal[f] ? -1 : 0;
    }
  }

  /** 1 for a negative number, else 0, without a branch that the processor would have to guess. */
  static int isNegative(final float number) {
    return Float.floatToIntBits(number) >>> 31;
  }

  private static boolean hasMissing(final float[] row) {
    for (final float number : row) {
      if (Float.isNaN(number)) {
        return true;
      }
    }
    return false;
  }

  private boolean isIn(final int node, final int code) {
    return (right[node * WORDS + (code >> 6)] >>> code & 1) != 0;
  }

  /**
   * Finds the leaf of a tree for each event of the window.
   *
   * @return of each event, the number of its leaf; valid until the next call
   */
  int[] find(final int tree, final BoostWindow window) {
    if (leafOf.length < window.size) {
      leafOf = new int[window.room];
    }
    final int numbers = testsNumbers(tree, window.nominal);
    if (numbers >= 0) {
      findByNumbers(tree, window, numbers);
      return leafOf;
    }
    if (sorted.length < window.size) {
      sorted = new int[window.room];
      aside = new int[window.room];
    }
    for (int i = 0; i < window.size; i++) {
      sorted[i] = i;
    }
    find(tree, 0, 0, window.size, window);
    return leafOf;
  }

  /** A feature that is a number where a tree tests no other, or -1. */
  private int testsNumbers(final int tree, final boolean[] nominal) {
    int some = -1;
    for (int at = tree * inner; at < (tree + 1) * inner; at++) {
      final int f = feature[at];
      if (f >= 0 && nominal[f]) {
        return -1;
      }
      some = Math.max(some, f);
    }
    return some;
  }

  /**
   * The same where all features tested are numbers: no branch depends on them. A missing one goes
   * left.
   *
   * @param some feature that is a number
   */
  private void findByNumbers(final int tree, final BoostWindow window, final int some) {
    final int base = tree * inner;
    for (int n = 0; n < inner; n++) {
      tested[n] = window.value[feature[base + n] < 0 ? some : feature[base + n]];
      edge[n] = Math.nextDown(threshold[base + n]); // The largest number that goes left.
    }
    for (int i = 0; i < window.size; i++) {
      int node = 0;
      while (node < inner) {
        node = 2 * node + 1 + isNegative(edge[node] - tested[node][i]);
      }
      leafOf[i] = node - inner;
    }
  }

  /** Finds the leaves below a node for the sorted events that came there: node by node. */
  private void find(
      final int tree, final int node, final int from, final int to, final BoostWindow window) {
    if (node >= inner) {
      for (int i = from; i < to; i++) {
        leafOf[sorted[i]] = node - inner;
      }
      return;
    }
    final int middle = divide(tree * inner + node, from, to, window);
    find(tree, 2 * node + 1, from, middle, window);
    find(tree, 2 * node + 2, middle, to, window);
  }

  /**
   * Adds a tree to the scores of all events in the window, or takes it away.
   *
   * @param found the leaf of each, by {@link #find}
   */
  void count(final int tree, final int[] found, final BoostWindow window, final float sign) {
    if (classes == 2) {
      final float[] score = window.score;
      for (int i = 0; i < window.size; i++) {
        final int from = 2 * (tree * leaves + found[i]);
        score[2 * i] += sign * leaf[from];
        score[2 * i + 1] += sign * leaf[from + 1];
      }
      return;
    }
    for (int i = 0; i < window.size; i++) {
      final int from = (tree * leaves + found[i]) * classes;
      for (int c = 0; c < classes; c++) {
        window.score[i * classes + c] += sign * leaf[from + c];
      }
    }
  }

  /** Sorts those that go left before those that go right; where these begin. */
  private int divide(final int node, final int from, final int to, final BoostWindow window) {
    final int f = feature[node];
    if (f < 0) {
      return to;
    }
    int left = from;
    int goRight = 0;
    if (window.nominal[f]) {
      final byte[] codes = window.bin[f];
      for (int i = from; i < to; i++) {
        final int row = sorted[i];
        final int code = codes[row] & 0xff;
        final int goes = (int) (right[node * WORDS + (code >> 6)] >>> code & 1);
        sorted[left] = row;
        aside[goRight] = row;
        left += 1 - goes;
        goRight += goes;
      }
    } else {
      final float[] values = window.value[f];
      final float largestLeft = Math.nextDown(threshold[node]);
      for (int i = from; i < to; i++) {
        final int row = sorted[i];
        final int goes = isNegative(largestLeft - values[row]);
        sorted[left] = row;
        aside[goRight] = row;
        left += 1 - goes;
        goRight += goes;
      }
    }
    System.arraycopy(aside, 0, sorted, left, goRight);
    return left;
  }

  /** New classes, of which no tree says anything. */
  void grow(final int wider) {
    final float[] wide = new float[room * leaves * wider];
    for (int l = 0; l < count * leaves; l++) {
      System.arraycopy(leaf, l * classes, wide, l * wider, classes);
    }
    leaf = wide;
    classes = wider;
  }

  /**
   * Layout: trees, the oldest, columns of one more than the features (0 for none), of the
   * thresholds and by class of the leaves, whether there are sets of codes, words of each, and
   * these.
   */
  void write(final boolean[] nominal, final ImageWriter out) {
    out.putInt(count).putInt(oldest);
    final float[] features = new float[count * inner];
    for (int n = 0; n < features.length; n++) {
      features[n] = 1 + feature[n];
    }
    Column.write(features, features.length, out);
    Column.write(threshold, features.length, out);
    float[] before = null;
    for (int c = 0; c < classes; c++) {
      final float[] values = new float[count * leaves];
      for (int l = 0; l < values.length; l++) {
        values[l] = leaf[l * classes + c];
      }
      Column.write(values, before, values.length, out);
      before = values;
    }
    writeSets(nominal, out.putBoolean(right.length > 0));
  }

  /** Words of the sets that mean something, those behind the last bit of all left out. */
  private void writeSets(final boolean[] nominal, final ImageWriter out) {
    final int[] nodes = nodesWithSet(nominal);
    int words = 0;
    for (final int node : nodes) {
      for (int w = words; w < WORDS; w++) {
        words = right[node * WORDS + w] == 0 ? words : w + 1;
      }
    }
    final long[] sets = new long[nodes.length * words];
    for (int i = 0; i < nodes.length; i++) {
      System.arraycopy(right, nodes[i] * WORDS, sets, i * words, words);
    }
    out.putInt(words).putLongs(sets, sets.length);
  }

  private void readSets(final boolean[] nominal, final ImageReader in) {
    final int[] nodes = nodesWithSet(nominal);
    final int words = in.getIntIn(0, WORDS, "words of a set");
    final long[] sets = in.getLongs();
    sized(sets.length, nodes.length * words);
    if (right.length > 0) {
      for (int i = 0; i < nodes.length; i++) {
        System.arraycopy(sets, i * words, right, nodes[i] * WORDS, words);
      }
    } else if (nodes.length > 0) {
      throw new MalformedImageException("a node has no set of codes");
    }
  }

  private int[] nodesWithSet(final boolean[] nominal) {
    return IntStream.range(0, count * inner)
        .filter(node -> feature[node] >= 0 && nominal[feature[node]])
        .toArray();
  }

  /** Reads what {@link #write} wrote into an empty forest. */
  void read(final int features, final boolean[] nominal, final ImageReader in) {
    count = in.getIntIn(0, most, "trees");
    oldest = in.getIntIn(0, count == most ? most - 1 : 0, "oldest tree");
    final float[] read = new float[count * inner];
    Column.read(read, read.length, in);
    ImageReader.requireFinite(read, "feature of a node");
    feature = new int[read.length];
    for (int n = 0; n < read.length; n++) {
      feature[n] = (int) read[n] - 1;
    }
    threshold = new float[read.length];
    Column.read(threshold, read.length, in);
    leaf = new float[count * leaves * classes];
    float[] before = null;
    for (int c = 0; c < classes; c++) {
      final float[] values = new float[count * leaves];
      Column.read(values, before, values.length, in);
      for (int l = 0; l < values.length; l++) {
        leaf[l * classes + c] = values[l];
      }
      before = values;
    }
    ImageReader.requireFinite(leaf, "leaf");
    ImageReader.requireIn(feature, -1, features - 1, "feature of a node");
    right = new long[in.getBoolean() ? Math.max(1, count) * inner * WORDS : 0];
    readSets(nominal, in);
    for (int n = 0; n < feature.length; n++) {
      threshold[n] = feature[n] < 0 ? Float.POSITIVE_INFINITY : threshold[n];
    }
    while (room < count) {
      room = larger();
    }
    allocate(room);
  }

  private static void sized(final int found, final int expected) {
    if (found != expected) {
      throw new MalformedImageException(
          "the trees have an array of " + found + " elements instead of " + expected);
    }
  }

  long sizeBytes() {
    return 128 + 8L * feature.length + 8L * right.length + 4L * leaf.length;
  }
}
