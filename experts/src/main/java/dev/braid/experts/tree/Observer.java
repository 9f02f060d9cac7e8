package dev.braid.experts.tree;

/**
 * What a leaf keeps about one feature and one class: a normal distribution for a numeric feature,
 * weights of values for a nominal one. Rows lie in a page as {@link LeafLayout} says.
 */
final class Observer {
  static final int WEIGHT = 0;
  static final int MEAN = 1;
  static final int SQUARES = 2;
  static final int LEAST = 3;
  static final int GREATEST = 4;

  static final int VALUES_MET = 1;

  /** Weight of a class not met since the feature came into being: it says nothing yet. */
  static final double NOT_YET = -1.0;

  private Observer() {}

  /** Takes a value into the running mean and sum of squared deviations (Welford). */
  static void observeNumber(
      final double[] page, final int row, final double value, final double weight) {
    if (page[row + WEIGHT] > 0.0) {
      final double sum = page[row + WEIGHT] + weight;
      final double lastMean = page[row + MEAN];
      final double mean = lastMean + weight * (value - lastMean) / sum;
      page[row + WEIGHT] = sum;
      page[row + MEAN] = mean;
      page[row + SQUARES] += weight * (value - lastMean) * (value - mean);
      if (value < page[row + LEAST]) {
        page[row + LEAST] = value;
      }
      if (value > page[row + GREATEST]) {
        page[row + GREATEST] = value;
      }
    } else {
      page[row + WEIGHT] = weight;
      page[row + MEAN] = value;
      page[row + LEAST] = value;
      page[row + GREATEST] = value;
    }
  }

  /** Takes a nominal value into the head of its row; the value's own weight lies elsewhere. */
  static void observeValue(
      final double[] page, final int row, final int value, final double weight) {
    page[row + WEIGHT] = Math.max(0.0, page[row + WEIGHT]) + weight;
    if (value >= page[row + VALUES_MET]) {
      page[row + VALUES_MET] = value + 1;
    }
  }

  /** Takes one of two nominal values. */
  static void observePair(
      final double[] page, final int row, final int value, final double weight) {
    if (page[row] == NOT_YET) {
      page[row] = 0.0;
    }
    page[row + value] += weight;
  }

  /** Weight of both values of a pair; {@link #NOT_YET} if the class was not met with it yet. */
  static double pairWeight(final double[] page, final int row) {
    return page[row] + page[row + 1];
  }

  /** Highest value of a pair met, plus one. */
  static int pairValuesMet(final double[] page, final int row) {
    return page[row + 1] > 0.0 ? 2 : page[row] > 0.0 ? 1 : 0;
  }

  /** Standard deviation of a numeric row; 0 for a weight of at most 1. */
  static double deviation(final double[] page, final int row) {
    final double weight = page[row + WEIGHT];
    return weight > 1.0 ? Math.sqrt(page[row + SQUARES] / (weight - 1.0)) : 0.0;
  }
}
