package dev.braid.experts.tree;

/**
 * How a split would divide the class weights of a leaf: what goes left, or into the branch of a
 * value, and what goes right, or anywhere else.
 */
final class SplitDistribution {
  /**
   * Deviations between which the density, which is added and taken away again, leaves the exact
   * weights as they should be.
   */
  private static final double LEAST_SURE = 1e-9;

  private static final double GREATEST_SURE = 1e150;

  private final double[] weights;
  private final double[] means;
  private final double[] deviations;

  /** One by the deviation, or 0 where only the exact distribution will do. */
  private final double[] steepness;

  private final double[] lows;
  private final double[] highs;
  private int classes;
  private double least;
  private double greatest;
  private boolean approximate;

  /** Class weights left and right, and the highest class met there + 1. */
  final double[] left;

  final double[] right;
  int leftClasses;
  int rightClasses;

  SplitDistribution(final LeafLayout layout) {
    weights = new double[layout.classCapacity];
    means = new double[layout.classCapacity];
    deviations = new double[layout.classCapacity];
    steepness = new double[layout.classCapacity];
    lows = new double[layout.classCapacity];
    highs = new double[layout.classCapacity];
    left = new double[layout.classCapacity];
    right = new double[layout.classCapacity];
  }

  /** Chooses between exact and approximate normal distributions. */
  void setApproximate(final boolean value) {
    approximate = value;
  }

  /** Begins to try points of a leaf's j-th feature, a numeric one. */
  void begin(final LeafView leaf, final int j) {
    classes = 0;
    least = Double.POSITIVE_INFINITY;
    greatest = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < left.length; c++) {
      final double[] page = leaf.pages[c];
      final int row = leaf.rowAt[c] + leaf.offset(j);
      weights[c] = page[row + Observer.WEIGHT];
      if (weights[c] > 0.0) {
        classes = c + 1;
        means[c] = page[row + Observer.MEAN];
        deviations[c] = Observer.deviation(page, row);
        steepness[c] =
            deviations[c] > LEAST_SURE && deviations[c] < GREATEST_SURE ? 1.0 / deviations[c] : 0.0;
        lows[c] = page[row + Observer.LEAST];
        highs[c] = page[row + Observer.GREATEST];
        least = Math.min(least, lows[c]);
        greatest = Math.max(greatest, highs[c]);
      }
    }
  }

  /** Least value met of the feature begun. */
  double least() {
    return least;
  }

  double greatest() {
    return greatest;
  }

  /** Divides at a point: what is up to it goes left, each class by its normal distribution. */
  void at(final double point) {
    leftClasses = 0;
    rightClasses = 0;
    for (int c = 0; c < classes; c++) {
      final double weight = weights[c];
      left[c] = 0.0;
      right[c] = 0.0;
      if (!(weight > 0.0)) {
        continue;
      }
      if (point < lows[c]) {
        right[c] = weight;
        rightClasses = c + 1;
      } else if (point >= highs[c]) {
        left[c] = weight;
        leftClasses = c + 1;
      } else {
        divideWeight(c, point, means[c], weight);
        leftClasses = c + 1;
        rightClasses = c + 1;
      }
    }
  }

  private void divideWeight(
      final int c, final double point, final double mean, final double weight) {
    if (approximate && steepness[c] > 0.0) {
      left[c] = Approximate.normal((point - mean) * steepness[c]) * weight;
      right[c] = weight - left[c];
      return;
    }
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

  /** Divides by a value of the leaf's j-th feature, a nominal one: any other value goes right. */
  void ofValue(final LeafView leaf, final int j, final int value) {
    leftClasses = 0;
    rightClasses = 0;
    for (int c = 0; c < left.length; c++) {
      final double met = leaf.valuesMet(j, c);
      left[c] = met > value ? leaf.valueWeight(j, c, value) : 0.0;
      right[c] = Math.max(0.0, leaf.nominalWeight(j, c) - left[c]);
      if (met > value) {
        leftClasses = c + 1;
      }
      if (met > (value == 0 ? 1 : 0)) {
        rightClasses = c + 1;
      }
    }
  }

  static long sizeBytes(final LeafLayout layout) {
    return 56 + 8 * 16 + 64L * layout.classCapacity;
  }
}
