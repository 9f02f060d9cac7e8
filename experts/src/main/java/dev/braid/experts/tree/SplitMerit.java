package dev.braid.experts.tree;

import java.util.Arrays;

/**
 * Merit of a split from the class weights of its branches, taken branch by branch. The order of
 * operations is MOA's, whose ties it must reproduce.
 */
final class SplitMerit {
  private static final double LOG_2 = Math.log(2);
  private static final double LEAST_BRANCH_SHARE = 0.01;

  /** No share of a branch is wrong by more if it comes from an approximate distribution. */
  private static final double SURE_SHARE = 10 * Approximate.NORMAL_ERROR;

  private final SplitCriterion criterion;
  private double[] weights;
  private double[] impurities;
  private int branches;
  private double entropyBefore;
  private boolean approximate;
  private double highestInDoubt;

  /**
   * @param branches room for so many from the start: were it found on the way, a tree read back
   *     would be smaller than the one saved, and its byte cap would bind later
   */
  SplitMerit(final SplitCriterion criterion, final int branches) {
    this.criterion = criterion;
    weights = new double[Math.max(2, branches)];
    impurities = new double[weights.length];
  }

  /** Chooses between exact logarithms and approximate ones; the latter may leave a doubt. */
  void setApproximate(final boolean value) {
    approximate = value;
    highestInDoubt = Double.NEGATIVE_INFINITY;
  }

  boolean isApproximate() {
    return approximate;
  }

  /**
   * Highest merit, since approximate merits were chosen, of a split that may be none after all
   * since one of its branches may be too light.
   */
  double highestInDoubt() {
    return highestInDoubt;
  }

  /** Sets the class weights before any split. */
  void before(final double[] classWeights, final int from, final int classes) {
    entropyBefore =
        criterion == SplitCriterion.INFORMATION_GAIN ? entropy(classWeights, from, classes) : 0.0;
  }

  /** Largest possible merit, the range in the Hoeffding bound. */
  double range(final int classes) {
    return criterion == SplitCriterion.GINI ? 1.0 : log2(Math.max(2, classes));
  }

  void begin() {
    branches = 0;
  }

  void addBranch(final double[] classWeights, final int from, final int classes) {
    if (branches == weights.length) {
      weights = Arrays.copyOf(weights, 2 * branches);
      impurities = Arrays.copyOf(impurities, 2 * branches);
    }
    double weight = 0.0;
    for (int c = from; c < from + classes; c++) {
      weight += classWeights[c];
    }
    weights[branches] = weight;
    impurities[branches] =
        criterion == SplitCriterion.GINI
            ? gini(classWeights, from, classes, weight)
            : entropy(classWeights, from, classes);
    branches++;
  }

  /** Merit of a split with the branches since {@link #begin}; minus infinity if it is none. */
  double merit() {
    double total = 0.0;
    for (int b = 0; b < branches; b++) {
      total += weights[b];
    }
    return criterion == SplitCriterion.GINI ? giniMerit(total) : informationGain(total);
  }

  private double informationGain(final double total) {
    int heavy = 0;
    double entropy = 0.0;
    for (int b = 0; b < branches; b++) {
      if (weights[b] / total > LEAST_BRANCH_SHARE) {
        heavy++;
      }
      entropy += weights[b] * impurities[b];
    }
    final double gain = entropyBefore - entropy / total;
    for (int b = 0; approximate && b < branches; b++) {
      noteDoubt(weights[b], total, gain);
    }
    return heavy < 2 ? Double.NEGATIVE_INFINITY : gain;
  }

  private void noteDoubt(final double weight, final double total, final double gain) {
    if (!(Math.abs(weight - LEAST_BRANCH_SHARE * total) > SURE_SHARE * total)) {
      highestInDoubt = Math.max(highestInDoubt, gain);
    }
  }

  /**
   * Approximate information gain of two branches, what {@link #merit} would find, at less cost: a
   * branch's entropy times its weight W is W log W less the sum of w log w over its classes.
   */
  double approximateGain(
      final double[] left, final int leftClasses, final double[] right, final int rightClasses) {
    double leftWeight = 0.0;
    double rightWeight = 0.0;
    double ofClasses = 0.0;
    for (int c = 0; c < leftClasses; c++) {
      leftWeight += left[c];
      ofClasses += left[c] * Approximate.log2(left[c]);
    }
    for (int c = 0; c < rightClasses; c++) {
      rightWeight += right[c];
      ofClasses += right[c] * Approximate.log2(right[c]);
    }
    final double ofBranches =
        leftWeight * Approximate.log2(leftWeight) + rightWeight * Approximate.log2(rightWeight);
    final double total = leftWeight + rightWeight;
    final double gain = entropyBefore - (ofBranches - ofClasses) / total;
    final double lighter = Math.min(leftWeight, rightWeight);
    noteDoubt(lighter, total, gain);
    return lighter > LEAST_BRANCH_SHARE * total ? gain : Double.NEGATIVE_INFINITY;
  }

  private double giniMerit(final double total) {
    double gini = 0.0;
    for (int b = 0; b < branches; b++) {
      gini += weights[b] / total * impurities[b];
    }
    return 1.0 - gini;
  }

  private static double gini(
      final double[] classWeights, final int from, final int classes, final double weight) {
    double gini = 1.0;
    for (int c = from; c < from + classes; c++) {
      final double share = classWeights[c] / weight;
      gini -= share * share;
    }
    return gini;
  }

  private double entropy(final double[] classWeights, final int from, final int classes) {
    double entropy = 0.0;
    double sum = 0.0;
    for (int c = from; c < from + classes; c++) {
      final double weight = classWeights[c];
      if (weight > 0.0) {
        entropy -= weight * logarithm(weight);
        sum += weight;
      }
    }
    return sum > 0.0 ? (entropy + sum * logarithm(sum)) / sum : 0.0;
  }

  private double logarithm(final double a) {
    return approximate ? Approximate.log2(a) : log2(a);
  }

  private static double log2(final double a) {
    return Math.log(a) / LOG_2;
  }

  long sizeBytes() {
    return sizeBytes(weights.length);
  }

  /** Of one with room for so many branches. */
  static long sizeBytes(final int branches) {
    return 48 + 2 * 16 + 16L * Math.max(2, branches);
  }
}
