package dev.braid.experts.tree;

import java.util.Arrays;

/**
 * Finds the best and the second best feature to split a leaf on.
 *
 * <p>A numeric feature is tried at ten points between its least and greatest value, each class's
 * weight divided there as its normal distribution says; a nominal feature is tried as one branch
 * per value and as each value against the rest. "No split" competes with them under pre-pruning.
 */
final class SplitSearch {
  private static final int POINTS = 10;

  private final LeafLayout layout;
  private final HoeffdingTreeOptions options;
  private final SplitMerit merit;
  private final double[] deviations;

  /** Class weights of the branch last computed, of a second branch, and their classes. */
  private final double[] left;

  private final double[] right;
  private int leftClasses;
  private int rightClasses;

  /** Best merit of each of the leaf's features; NaN where it offers no split. */
  private final double[] meritOf;

  private final boolean[] candidate;

  private int candidates;
  private double bestMerit;
  private double secondMerit;
  private int bestFeature;
  private int bestKind;
  private double bestValue;
  private int bestBranches;

  // The best split of the feature that is being tried.
  private boolean tried;
  private double triedMerit;
  private int triedKind;
  private double triedValue;
  private int triedBranches;

  SplitSearch(final LeafLayout layout, final HoeffdingTreeOptions options) {
    this.layout = layout;
    this.options = options;
    merit =
        new SplitMerit(options.criterion(), Arrays.stream(layout.valueCapacity).max().orElse(0));
    deviations = new double[layout.classCapacity];
    left = new double[layout.classCapacity];
    right = new double[layout.classCapacity];
    meritOf = new double[layout.observed];
    candidate = new boolean[layout.observed];
  }

  /** Tries all features of a leaf. */
  void search(final NodeTable nodes, final int node, final LeafView leaf) {
    final int classes = nodes.classes(node);
    final double[] numbers = nodes.numbers();
    final int from = nodes.classesAt(node);
    merit.before(numbers, from, classes);
    candidates = 0;
    if (options.prePruning()) {
      merit.begin();
      merit.addBranch(numbers, from, classes);
      rank(merit.merit(), NodeTable.NONE);
    }
    for (int j = 0; j < leaf.count; j++) {
      tried = false;
      if (!leaf.stopped(j)) {
        if (layout.nominal[leaf.features[j]]) {
          tryNominal(leaf, j);
        } else {
          tryNumeric(leaf, j);
        }
      }
      candidate[j] = tried;
      meritOf[j] = triedMerit;
      if (tried) {
        rank(triedMerit, leaf.features[j]);
      }
    }
  }

  /** Keeps the two best; among equals the later one, as a stable sort by merit would leave it. */
  private void rank(final double found, final int feature) {
    if (candidates == 0 || Double.compare(found, bestMerit) >= 0) {
      secondMerit = bestMerit;
      bestMerit = found;
      bestFeature = feature;
      bestKind = triedKind;
      bestValue = triedValue;
      bestBranches = triedBranches;
    } else if (candidates == 1 || Double.compare(found, secondMerit) >= 0) {
      secondMerit = found;
    }
    candidates++;
  }

  private void offer(final double found, final int kind, final double value, final int branches) {
    if (!tried || found > triedMerit) {
      tried = true;
      triedMerit = found;
      triedKind = kind;
      triedValue = value;
      triedBranches = branches;
    }
  }

  private void tryNumeric(final LeafView leaf, final int j) {
    double least = Double.POSITIVE_INFINITY;
    double greatest = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < layout.classCapacity; c++) {
      final double[] page = leaf.pages[c];
      final int row = leaf.rowAt[c] + leaf.offset(j);
      if (page[row + Observer.WEIGHT] > 0.0) {
        least = Math.min(least, page[row + Observer.LEAST]);
        greatest = Math.max(greatest, page[row + Observer.GREATEST]);
      }
    }
    computeDeviations(leaf, j);
    final double range = greatest - least;
    double previous = Double.NaN;
    for (int i = 0; i < POINTS; i++) {
      final double point = range / (POINTS + 1.0) * (i + 1) + least;
      if (point > least && point < greatest && point != previous) {
        previous = point;
        divide(leaf, j, point);
        merit.begin();
        merit.addBranch(left, 0, leftClasses);
        merit.addBranch(right, 0, rightClasses);
        offer(merit.merit(), NodeTable.NUMERIC_SPLIT, point, 2);
      }
    }
  }

  /** Class weights left (up to the point) and right of a point of a numeric feature. */
  private void divide(final LeafView leaf, final int j, final double point) {
    leftClasses = 0;
    rightClasses = 0;
    for (int c = 0; c < layout.classCapacity; c++) {
      final double[] page = leaf.pages[c];
      final int row = leaf.rowAt[c] + leaf.offset(j);
      final double weight = page[row + Observer.WEIGHT];
      left[c] = 0.0;
      right[c] = 0.0;
      if (!(weight > 0.0)) {
        continue;
      }
      if (point < page[row + Observer.LEAST]) {
        right[c] = weight;
        rightClasses = c + 1;
      } else if (point >= page[row + Observer.GREATEST]) {
        left[c] = weight;
        leftClasses = c + 1;
      } else {
        divideWeight(c, point, page[row + Observer.MEAN], weight);
        leftClasses = c + 1;
        rightClasses = c + 1;
      }
    }
  }

  private void divideWeight(
      final int c, final double point, final double mean, final double weight) {
    final double deviation = deviations[c];
    final double at = Normal.density(point, mean, deviation) * weight;
    final double below;
    if (deviation > 0.0) {
      below = Normal.cumulative((point - mean) / deviation) * weight - at;
    } else {
      below = point < mean ? weight - at : 0.0;
    }
    final double upTo = below + at;
    final double above = weight - at - below;
    left[c] = Double.isFinite(upTo) ? upTo : weight / 2;
    right[c] = Double.isFinite(above) ? Math.max(0.0, above) : weight / 2;
  }

  private void tryNominal(final LeafView leaf, final int j) {
    final int values = valuesMet(leaf, j);
    if (!options.binarySplits() && values > 0) {
      merit.begin();
      for (int v = 0; v < values; v++) {
        take(leaf, j, v);
        merit.addBranch(left, 0, leftClasses);
      }
      offer(merit.merit(), NodeTable.MULTIWAY_SPLIT, 0, values);
    }
    for (int v = 0; v < values; v++) {
      take(leaf, j, v);
      merit.begin();
      merit.addBranch(left, 0, leftClasses);
      merit.addBranch(right, 0, rightClasses);
      offer(merit.merit(), NodeTable.VALUE_SPLIT, v, 2);
    }
  }

  private int valuesMet(final LeafView leaf, final int j) {
    double most = 0;
    for (int c = 0; c < layout.classCapacity; c++) {
      most = Math.max(most, leaf.pages[c][leaf.rowAt[c] + leaf.offset(j) + Observer.VALUES_MET]);
    }
    return (int) most;
  }

  /** Class weights with a value of a nominal feature (left) and with any other (right). */
  private void take(final LeafView leaf, final int j, final int value) {
    leftClasses = 0;
    rightClasses = 0;
    for (int c = 0; c < layout.classCapacity; c++) {
      final double[] page = leaf.pages[c];
      final int row = leaf.rowAt[c] + leaf.offset(j);
      final double met = page[row + Observer.VALUES_MET];
      left[c] = met > value ? leaf.valueWeight(j, c, value) : 0.0;
      right[c] = Math.max(0.0, page[row + Observer.WEIGHT] - left[c]);
      if (met > value) {
        leftClasses = c + 1;
      }
      if (met > (value == 0 ? 1 : 0)) {
        rightClasses = c + 1;
      }
    }
  }

  /** Whether the best split beats the second best by more than chance, or the tie is broken. */
  boolean isDecided(final NodeTable nodes, final int node) {
    if (candidates < 2) {
      return candidates > 0;
    }
    final double bound = hoeffdingBound(nodes, node);
    return bestMerit - secondMerit > bound || bound < options.tieThreshold();
  }

  /** How far the mean of n observations may lie from the expectation (VFDT, section 2). */
  private double hoeffdingBound(final NodeTable nodes, final int node) {
    final double range = merit.range(nodes.classes(node));
    return Math.sqrt(
        range * range * Math.log(1.0 / options.splitConfidence()) / (2.0 * nodes.weight(node)));
  }

  /** Makes a leaf stop observing features that cannot become the best any more. */
  void stopPoorFeatures(final NodeTable nodes, final int node, final LeafView leaf) {
    if (candidates < 2) {
      return;
    }
    final double bound = hoeffdingBound(nodes, node);
    for (int j = 0; j < leaf.count; j++) {
      if (candidate[j] && bestMerit - meritOf[j] > bound) {
        leaf.stop(j);
      }
    }
  }

  /** Feature of the best split, or {@link NodeTable#NONE} if it is best not to split. */
  int feature() {
    return bestFeature;
  }

  /** Kind of split node. */
  int kind() {
    return bestKind;
  }

  double value() {
    return bestValue;
  }

  int branches() {
    return bestBranches;
  }

  /** Gives a child of the best split the class weights expected in its branch. */
  void initialise(final NodeTable nodes, final int child, final LeafView leaf, final int branch) {
    final int j = Arrays.binarySearch(leaf.features, 0, leaf.count, bestFeature);
    if (bestKind == NodeTable.NUMERIC_SPLIT) {
      computeDeviations(leaf, j);
      divide(leaf, j, bestValue);
    } else {
      take(leaf, j, bestKind == NodeTable.MULTIWAY_SPLIT ? branch : (int) bestValue);
    }
    if (branch == 0 || bestKind == NodeTable.MULTIWAY_SPLIT) {
      nodes.setDistribution(child, left, leftClasses);
    } else {
      nodes.setDistribution(child, right, rightClasses);
    }
  }

  private void computeDeviations(final LeafView leaf, final int j) {
    for (int c = 0; c < layout.classCapacity; c++) {
      deviations[c] = Observer.deviation(leaf.pages[c], leaf.rowAt[c] + leaf.offset(j));
    }
  }

  long sizeBytes() {
    return 120 + merit.sizeBytes() + 5 * 16 + 24L * left.length + 9L * meritOf.length;
  }
}
