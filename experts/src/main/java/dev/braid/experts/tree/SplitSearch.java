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

  /** No difference of two merits is wrong by more in an approximate search. */
  private static final double SURE_DIFFERENCE = 2e-3;

  private final LeafLayout layout;
  private final HoeffdingTreeOptions options;
  private final SplitMerit merit;
  private final SplitDistribution division;

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
    merit = new SplitMerit(options.criterion(), layout.mostValues);
    division = new SplitDistribution(layout);
    meritOf = new double[layout.observed];
    candidate = new boolean[layout.observed];
  }

  /**
   * Whether the best split of a leaf beats the second best by more than chance, or the tie is
   * broken. A search with approximate merits comes first: most attempts end there, beyond doubt,
   * and else it leaves out the features that cannot be among the two best.
   */
  boolean isDecided(final NodeTable nodes, final int node, final LeafView leaf) {
    double least = Double.NEGATIVE_INFINITY;
    if (options.criterion() == SplitCriterion.INFORMATION_GAIN) {
      search(nodes, node, leaf, true, least);
      if (candidates > 1 && merit.highestInDoubt() < secondMerit - SURE_DIFFERENCE) {
        final double bound = hoeffdingBound(nodes, node);
        if (bound >= options.tieThreshold() && bestMerit - secondMerit < bound - SURE_DIFFERENCE) {
          return false;
        }
        least = secondMerit - SURE_DIFFERENCE;
      }
    }
    search(nodes, node, leaf, false, least);
    return beatsSecond(nodes, node);
  }

  /** As {@link #isDecided}; the leaf stops to observe features that cannot become the best. */
  boolean isDecidedAndPoorFeaturesStopped(
      final NodeTable nodes, final int node, final LeafView leaf) {
    search(nodes, node, leaf, false, Double.NEGATIVE_INFINITY);
    stopPoorFeatures(nodes, node, leaf);
    return beatsSecond(nodes, node);
  }

  /**
   * Ranks the features of a leaf.
   *
   * @param least of the merits of the last search; features below are left out
   */
  private void search(
      final NodeTable nodes,
      final int node,
      final LeafView leaf,
      final boolean approximate,
      final double least) {
    merit.setApproximate(approximate);
    division.setApproximate(approximate);
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
      if (!approximate && meritOf[j] < least) {
        continue;
      }
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
    division.begin(leaf, j);
    final double least = division.least();
    final double greatest = division.greatest();
    final double range = greatest - least;
    double previous = Double.NaN;
    for (int i = 0; i < POINTS; i++) {
      final double point = range / (POINTS + 1.0) * (i + 1) + least;
      if (point > least && point < greatest && point != previous) {
        previous = point;
        division.at(point);
        offer(meritOfTwo(), NodeTable.NUMERIC_SPLIT, point, 2);
      }
    }
  }

  private void tryNominal(final LeafView leaf, final int j) {
    final int values = valuesMet(leaf, j);
    if (!options.binarySplits() && values > 0) {
      merit.begin();
      for (int v = 0; v < values; v++) {
        division.ofValue(leaf, j, v);
        merit.addBranch(division.left, 0, division.leftClasses);
      }
      offer(merit.merit(), NodeTable.MULTIWAY_SPLIT, 0, values);
    }
    for (int v = 0; v < values; v++) {
      division.ofValue(leaf, j, v);
      offer(meritOfTwo(), NodeTable.VALUE_SPLIT, v, 2);
    }
  }

  /** Merit of the split in two at which the division is. */
  private double meritOfTwo() {
    if (merit.isApproximate()) {
      return merit.approximateGain(
          division.left, division.leftClasses, division.right, division.rightClasses);
    }
    merit.begin();
    merit.addBranch(division.left, 0, division.leftClasses);
    merit.addBranch(division.right, 0, division.rightClasses);
    return merit.merit();
  }

  private int valuesMet(final LeafView leaf, final int j) {
    double most = 0;
    for (int c = 0; c < layout.classCapacity; c++) {
      most = Math.max(most, leaf.valuesMet(j, c));
    }
    return (int) most;
  }

  private boolean beatsSecond(final NodeTable nodes, final int node) {
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

  private void stopPoorFeatures(final NodeTable nodes, final int node, final LeafView leaf) {
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
      division.begin(leaf, j);
      division.at(bestValue);
    } else {
      division.ofValue(leaf, j, bestKind == NodeTable.MULTIWAY_SPLIT ? branch : (int) bestValue);
    }
    if (branch == 0 || bestKind == NodeTable.MULTIWAY_SPLIT) {
      nodes.setDistribution(child, division.left, division.leftClasses);
    } else {
      nodes.setDistribution(child, division.right, division.rightClasses);
    }
  }

  long sizeBytes() {
    return sizeBytes(merit.sizeBytes(), layout);
  }

  static long sizeBytes(final LeafLayout layout) {
    return sizeBytes(SplitMerit.sizeBytes(layout.mostValues), layout);
  }

  private static long sizeBytes(final long ofMerit, final LeafLayout layout) {
    return 120 + ofMerit + SplitDistribution.sizeBytes(layout) + 2 * 16 + 9L * layout.observed;
  }
}
