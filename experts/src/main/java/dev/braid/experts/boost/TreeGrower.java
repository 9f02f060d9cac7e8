package dev.braid.experts.boost;

import java.util.Arrays;

/**
 * Fits one tree to the residuals of a sample of the window, level by level from histograms (Chen
 * and Guestrin, "XGBoost", KDD 2016, section 2.2). Of many classes all share one tree, whose leaves
 * have a value for each: splits are sought on a random projection of the gradients (Iosipoi and
 * Vakhrushev, "SketchBoost", NeurIPS 2022, section 3.3). Values of a nominal feature are put in the
 * order of their mean gradient, once a tree, and count as numbers then; the order is found from one
 * half of the sample and splits from the other, lest a rare value's own label decide.
 *
 * <p>Has no state from one tree to the next.
 */
final class TreeGrower {
  private static final int BINS = BoostWindow.BINS;

  /** Places of a node in the histogram: both derivatives of each bin. */
  private static final int STRIDE = 2 * BINS;

  /** Added to the sum of second derivatives of a leaf. */
  private static final double RIDGE = 1;

  /** The same of a leaf that has its value from the whole window, which it would fit too well. */
  private static final double WHOLE_RIDGE = 10;

  /** The same where nominal values are put in order: rare ones lie in the middle. */
  private static final double RARE = 10;

  /** The same for a split by a nominal feature, which has many ways to fit noise. */
  private static final double NOMINAL_RIDGE = 21;

  /** Sum of second derivatives that a child needs. */
  private static final double LEAST = 2;

  /** A leaf's value before the step size, at most. */
  private static final double FARTHEST = 3;

  private final BoostOptions options;
  private final GradientSample events = new GradientSample();
  private int[] node = new int[0];
  // Of each event of the sample where its node lies in the histogram, and its bin by feature.
  private int[] cell = new int[0];
  private byte[][] drawn = new byte[0][];
  private final float[] histogram;
  // Of each node of a level the bins that it tests, and the last of them that goes left.
  private final byte[][] tested;
  private final int[] lastLeft;
  private final double[] bestGain;
  private final int[] bestBin;
  private final boolean[] closed;
  private final double[] total;
  private byte[][] rank = new byte[0][];
  private final double[] order = new double[BoostWindow.CODES];
  private final int[] code = new int[BoostWindow.CODES];
  private final float[] codeGradient = new float[BoostWindow.CODES];
  private final float[] codeCurvature = new float[BoostWindow.CODES];

  TreeGrower(final BoostOptions options) {
    this.options = options;
    final int widest = 1 << (options.depth() - 1);
    histogram = new float[widest * STRIDE];
    tested = new byte[widest][];
    lastLeft = new int[widest];
    bestGain = new double[options.inner()];
    bestBin = new int[options.inner()];
    closed = new boolean[2 * options.inner() + 1];
    total = new double[2 * widest];
  }

  /**
   * Finds the splits of a tree.
   *
   * @param place of the tree in the forest
   * @param columns features that it may look at
   * @param most events of the sample
   * @param seed of the sample and of the projection
   */
  void grow(
      final BoostWindow window,
      final BoostLoss loss,
      final BoostForest forest,
      final int place,
      final int[] columns,
      final int used,
      final int most,
      final long seed) {
    events.draw(window, loss, most, seed);
    final int sample = events.size;
    if (node.length < sample) {
      node = new int[sample];
      cell = new int[sample];
    }
    rank(window, columns, used, sample);
    draw(window, columns, used, sample);
    Arrays.fill(node, 0, sample, 0);
    Arrays.fill(closed, false);
    for (int level = 0; level < options.depth(); level++) {
      split(window, forest, place, columns, used, sample, level);
    }
  }

  /** Puts the values of nominal features in order. */
  private void rank(
      final BoostWindow window, final int[] columns, final int used, final int sample) {
    if (rank.length < window.features) {
      rank = Arrays.copyOf(rank, window.features);
    }
    for (int u = 0; u < used; u++) {
      final int f = columns[u];
      if (window.nominal[f]) {
        if (rank[f] == null) {
          rank[f] = new byte[BoostWindow.CODES];
        }
        Arrays.fill(rank[f], (byte) 0);
        rank(window, f, sample);
      }
    }
  }

  private void rank(final BoostWindow window, final int f, final int sample) {
    final int codes = window.codes[f];
    Arrays.fill(codeGradient, 0);
    Arrays.fill(codeCurvature, 0);
    final byte[] bins = window.bin[f];
    for (int s = 0; s < sample; s += 2) {
      final int at = bins[events.rows[s]] & 0xff;
      codeGradient[at] += events.gradient[s];
      codeCurvature[at] += events.curvature[s];
    }
    for (int i = 0; i <= codes; i++) {
      final int of = i == codes ? BoostWindow.CODES - 1 : i;
      final double mean = codeGradient[of] / (codeCurvature[of] + RARE);
      final int at = placeOf(mean, i);
      System.arraycopy(order, at, order, at + 1, i - at);
      System.arraycopy(code, at, code, at + 1, i - at);
      order[at] = mean;
      code[at] = of;
    }
    for (int i = 0; i <= codes; i++) {
      rank[f][code[i]] = (byte) (codes < BINS ? i : i * (BINS - 1) / codes);
    }
  }

  /** Behind all of the first that are no larger. */
  private int placeOf(final double mean, final int first) {
    int low = 0;
    int high = first;
    while (low < high) {
      final int middle = (low + high) >>> 1;
      if (order[middle] > mean) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** Gathers the bins of the sample, of a nominal feature its ranks: every level looks at them. */
  private void draw(
      final BoostWindow window, final int[] columns, final int used, final int sample) {
    if (drawn.length < window.features) {
      drawn = Arrays.copyOf(drawn, window.features);
    }
    for (int u = 0; u < used; u++) {
      final int f = columns[u];
      if (drawn[f] == null || drawn[f].length < sample) {
        drawn[f] = new byte[sample];
      }
      final byte[] bins = drawn[f];
      final byte[] column = window.bin[f];
      for (int s = 0; s < sample; s++) {
        final byte bin = column[events.rows[s]];
        bins[s] = window.nominal[f] ? rank[f][bin & 0xff] : bin;
      }
    }
  }

  private int bins(final BoostWindow window, final int f) {
    return window.nominal[f] ? Math.min(BINS, window.codes[f] + 1) : window.edgeCount[f] + 2;
  }

  private void split(
      final BoostWindow window,
      final BoostForest forest,
      final int place,
      final int[] columns,
      final int used,
      final int sample,
      final int level) {
    final int first = (1 << level) - 1;
    final int nodes = 1 << level;
    Arrays.fill(total, 0, 2 * nodes, 0);
    for (int s = 0; s < sample; s++) {
      final int at = 2 * (node[s] - first);
      cell[s] = at * BINS;
      total[at] += events.gradient[s];
      total[at + 1] += events.curvature[s];
    }
    final int base = place * forest.inner;
    for (int n = first; n < first + nodes; n++) {
      forest.feature[base + n] = -1;
      bestGain[n] = 1e-6;
      final double h = total[2 * (n - first) + 1];
      closed[n] |= h < 2 * LEAST;
    }
    for (int u = 0; u < used; u++) {
      seek(window, forest, base, columns[u], sample, first, nodes);
    }
    for (int n = first; n < first + nodes; n++) {
      final int f = forest.feature[base + n];
      if (f < 0) {
        forest.threshold[base + n] = Float.POSITIVE_INFINITY;
        closed[2 * n + 1] = true;
        closed[2 * n + 2] = true;
      } else if (window.nominal[f]) {
        final int from = (base + n) * BoostForest.WORDS;
        Arrays.fill(forest.right, from, from + BoostForest.WORDS, 0);
        for (int c = 0; c < BoostWindow.CODES; c++) {
          final boolean known = c < window.codes[f] || c == BoostWindow.CODES - 1;
          if (known && rank[f][c] > bestBin[n]) {
            forest.right[from + (c >> 6)] |= 1L << c;
          }
        }
      } else {
        forest.threshold[base + n] =
            bestBin[n] == 0 ? Float.NEGATIVE_INFINITY : window.edges[f][bestBin[n] - 1];
      }
    }
    if (used == 0) {
      // Where there are no features all go left.
      for (int s = 0; s < sample; s++) {
        node[s] = 2 * node[s] + 1;
      }
      return;
    }
    for (int n = first; n < first + nodes; n++) {
      final int f = forest.feature[base + n];
      tested[n - first] = drawn[f < 0 ? columns[0] : f];
      lastLeft[n - first] = f < 0 ? BINS : bestBin[n];
    }
    for (int s = 0; s < sample; s++) {
      final int n = node[s] - first;
      final int goesRight = (lastLeft[n] - tested[n][s]) >>> 31; // Of no branch.
      node[s] = 2 * node[s] + 1 + goesRight;
    }
  }

  /** Where the nodes of a level would best be split by one feature. */
  private void seek(
      final BoostWindow window,
      final BoostForest forest,
      final int base,
      final int f,
      final int sample,
      final int first,
      final int nodes) {
    final int bins = bins(window, f);
    if (bins < 2) {
      return;
    }
    Arrays.fill(histogram, 0, nodes * STRIDE, 0);
    final byte[] of = drawn[f];
    final int step = window.nominal[f] ? 2 : 1;
    for (int s = step - 1; s < sample; s += step) {
      final int at = cell[s] + 2 * of[s];
      histogram[at] += events.gradient[s];
      histogram[at + 1] += events.curvature[s];
    }
    final double ridge = window.nominal[f] ? NOMINAL_RIDGE : RIDGE;
    for (int n = 0; n < nodes; n++) {
      if (closed[first + n]) {
        continue;
      }
      double g = 0;
      double h = 0;
      for (int b = 0; b < bins; b++) {
        g += histogram[n * STRIDE + 2 * b];
        h += histogram[n * STRIDE + 2 * b + 1];
      }
      final double whole = g * g / (h + ridge);
      double left = 0;
      double leftBent = 0;
      for (int b = 0; b < bins - 1; b++) {
        left += histogram[n * STRIDE + 2 * b];
        leftBent += histogram[n * STRIDE + 2 * b + 1];
        final double rightBent = h - leftBent;
        if (leftBent < LEAST) {
          continue;
        }
        if (rightBent < LEAST) {
          break;
        }
        final double gain =
            left * left / (leftBent + ridge)
                + (g - left) * (g - left) / (rightBent + ridge)
                - whole;
        if (gain > bestGain[first + n]) {
          bestGain[first + n] = gain;
          bestBin[first + n] = b;
          forest.feature[base + first + n] = f;
        }
      }
    }
  }

  /**
   * Gives the leaves of the tree that was fitted last their values.
   *
   * @param leafOf leaf of each event of the window
   */
  void setLeaves(
      final BoostWindow window,
      final BoostLoss loss,
      final BoostForest forest,
      final int place,
      final int[] leafOf) {
    final double[] sums = events.sums(window, loss, forest.leaves, leafOf);
    final int values = forest.leaves * window.classes;
    final double ridge = GradientSample.isWhole(window.classes) ? WHOLE_RIDGE : RIDGE;
    for (int i = 0; i < values; i++) {
      final double value = -sums[2 * i] / (sums[2 * i + 1] + ridge);
      forest.leaf[place * values + i] =
          (float) (options.step() * Math.max(-FARTHEST, Math.min(FARTHEST, value)));
    }
  }
}
