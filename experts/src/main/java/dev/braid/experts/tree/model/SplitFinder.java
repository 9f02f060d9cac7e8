package dev.braid.experts.tree.model;

import java.util.Arrays;

/**
 * Finds the split of a leaf that reduces the target's standard deviation most (Ikonomovska et al.,
 * "Learning model trees from evolving data streams", Data Mining and Knowledge Discovery 2011,
 * section 4.1): between two bins of a number, or, with the values of a nominal feature in the order
 * of their means, between two of these (Breiman et al., "Classification and Regression Trees",
 * 1984, section 9.4).
 */
final class SplitFinder {
  private static final int BINS = Histograms.BINS;
  private static final int CELL = Histograms.CELL;

  /** Least share of the weight on either side. */
  private static final double LEAST_SHARE = 0.02;

  /** Least weight on either side. */
  private static final double LEAST = 5;

  int feature;
  double merit;
  double secondMerit;

  /** Last bin on the left, in the order of {@link #order}. */
  int last;

  /** Sums left of the split: weight, sum, squares; then those of all. */
  final double[] sums = new double[2 * CELL];

  /** Bins that go left, where the feature is nominal. */
  long left;

  private final int[] order = new int[BINS];
  private final double[] all = new double[CELL];
  private final double[] before = new double[CELL];

  /** Begins to look for the split of another leaf. */
  void begin() {
    feature = -1;
    merit = 0;
    secondMerit = 0;
  }

  /** Looks at the splits of one feature. */
  void look(final double[] bins, final int candidate, final boolean nominal) {
    final int row = candidate * Histograms.ROW;
    Arrays.fill(all, 0);
    for (int b = 0; b < BINS; b++) {
      order[b] = b;
      for (int i = 0; i < CELL; i++) {
        all[i] += bins[row + b * CELL + i];
      }
    }
    if (!(all[0] > 2 * LEAST)) {
      return;
    }
    if (nominal) {
      sort(bins, row);
    }
    final double least = Math.max(LEAST, LEAST_SHARE * all[0]);
    final double deviation = Histograms.deviation(all[0], all[1], all[2]);
    Arrays.fill(before, 0);
    double best = 0;
    long taken = 0;
    for (int b = 0; b < BINS - 1; b++) {
      final int at = row + order[b] * CELL;
      taken |= 1L << order[b];
      for (int i = 0; i < CELL; i++) {
        before[i] += bins[at + i];
      }
      final double behind = all[0] - before[0];
      if (bins[at] == 0 || before[0] < least || behind < least) {
        continue;
      }
      final double reduction =
          deviation
              - before[0] / all[0] * Histograms.deviation(before[0], before[1], before[2])
              - behind
                  / all[0]
                  * Histograms.deviation(behind, all[1] - before[1], all[2] - before[2]);
      if (reduction > best) {
        if (reduction > merit) {
          if (feature != candidate) {
            secondMerit = merit;
          }
          merit = reduction;
          feature = candidate;
          last = b;
          left = taken;
          System.arraycopy(before, 0, sums, 0, CELL);
          System.arraycopy(all, 0, sums, CELL, CELL);
        }
        best = reduction;
      }
    }
    if (feature != candidate) {
      secondMerit = Math.max(secondMerit, best);
    }
  }

  /** Bins in ascending order of their means, empty ones first. */
  private void sort(final double[] bins, final int row) {
    for (int b = 1; b < BINS; b++) {
      final int moved = order[b];
      final double mean = mean(bins, row, moved);
      int at = b;
      for (; at > 0 && mean(bins, row, order[at - 1]) > mean; at--) {
        order[at] = order[at - 1];
      }
      order[at] = moved;
    }
  }

  private static double mean(final double[] bins, final int row, final int bin) {
    final double weight = bins[row + bin * CELL];
    return weight > 0 ? bins[row + bin * CELL + 1] / weight : Double.NEGATIVE_INFINITY;
  }
}
