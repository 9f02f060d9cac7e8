package dev.braid.experts.tree.model;

import dev.braid.experts.CounterRandom;
import java.util.Arrays;

/**
 * What a leaf knows of its target by feature: weight, sum and sum of squares in {@link #BINS} bins,
 * of equal width for a number (the bins at the ends take what lies beyond), one by value for a
 * nominal feature. Flat arrays, so that a leaf has two of them.
 */
final class Histograms {
  /** Bins of a feature. */
  static final int BINS = 32;

  /** Numbers of a bin: weight, sum, sum of squares. */
  static final int CELL = 3;

  /** Numbers of a feature. */
  static final int ROW = BINS * CELL;

  /** Numbers of a feature's range: lower end, bins per unit or 0 while unknown, least, greatest. */
  static final int RANGE = 4;

  /** Share of the weight in a bin at an end from which on the range does not fit. */
  private static final double CROWDED = 0.25;

  private Histograms() {}

  /** Ranges of features of which nothing is known. */
  static void clearRange(final double[] range, final int feature) {
    final int at = feature * RANGE;
    range[at] = 0;
    range[at + 1] = 0;
    range[at + 2] = Double.POSITIVE_INFINITY;
    range[at + 3] = Double.NEGATIVE_INFINITY;
  }

  /** Bin of a nominal value; values beyond the bins share them. */
  static int nominalBin(final double value) {
    return value < BINS ? (int) value : CounterRandom.below(BINS, BINS, (long) value);
  }

  /** Takes in a value of a number's feature. */
  static void addNumber(
      final double[] bins,
      final double[] range,
      final int feature,
      final double value,
      final double target,
      final double weight) {
    final int at = feature * RANGE;
    range[at + 2] = Math.min(range[at + 2], value);
    range[at + 3] = Math.max(range[at + 3], value);
    if (range[at + 1] > 0) {
      final double bin = (value - range[at]) * range[at + 1];
      add(bins, feature, bin <= 0 ? 0 : bin >= BINS ? BINS - 1 : (int) bin, target, weight);
    }
  }

  static void add(
      final double[] bins,
      final int feature,
      final int bin,
      final double target,
      final double weight) {
    final int at = feature * ROW + bin * CELL;
    bins[at] += weight;
    bins[at + 1] += weight * target;
    bins[at + 2] += weight * target * target;
  }

  /** Where a number's bin ends. */
  static double end(final double[] range, final int feature, final int bin) {
    return range[feature * RANGE] + (bin + 1) / range[feature * RANGE + 1];
  }

  /** Lays the bins of a number anew where they do not fit what was seen. */
  static void fit(final double[] bins, final double[] range, final int feature) {
    final int at = feature * RANGE;
    final double low = range[at + 2];
    final double high = range[at + 3];
    final double perUnit = BINS / (high - low);
    if (!(high > low) || !(perUnit > 0 && perUnit < Double.MAX_VALUE)) {
      return;
    }
    if (range[at + 1] > 0 && !isCrowded(bins, feature)) {
      return;
    }
    range[at] = low;
    range[at + 1] = perUnit;
    Arrays.fill(bins, feature * ROW, (feature + 1) * ROW, 0);
  }

  private static boolean isCrowded(final double[] bins, final int feature) {
    double weight = 0;
    for (int b = 0; b < BINS; b++) {
      weight += bins[feature * ROW + b * CELL];
    }
    final double ends = Math.max(bins[feature * ROW], bins[feature * ROW + (BINS - 1) * CELL]);
    return ends > CROWDED * weight;
  }

  /** The range that a child has of a feature that its parent split. */
  static void cut(
      final double[] range, final int feature, final double threshold, final boolean left) {
    final int at = feature * RANGE;
    final double low = left ? range[at] : threshold;
    final double high = left ? threshold : range[at] + BINS / range[at + 1];
    final double perUnit = BINS / (high - low);
    final boolean known = high > low && perUnit < Double.MAX_VALUE;
    range[at] = known ? low : 0;
    range[at + 1] = known ? perUnit : 0;
  }

  /** Standard deviation of what has such sums. */
  static double deviation(final double weight, final double sum, final double squares) {
    final double mean = sum / weight;
    return Math.sqrt(Math.max(0, squares / weight - mean * mean));
  }
}
