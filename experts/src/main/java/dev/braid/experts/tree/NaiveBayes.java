package dev.braid.experts.tree;

/**
 * Naive Bayes over the statistics of one leaf.
 *
 * <p>The reference is the product, in the order of the features, of class share and likelihoods,
 * with an exponential for each class and numeric feature: {@link #multiply}. Most of the time the
 * winner is beyond doubt, and {@link #addLogarithms} finds it with one division for each class and
 * numeric feature. It knows when it cannot: when the two best are closer than rounding could
 * matter, or when the product might leave the range of a double. Then the product decides, so the
 * winner is always that of the product.
 */
final class NaiveBayes {
  /** Difference of log votes that no rounding error reaches. */
  private static final double SURE_MARGIN = 1e-6;

  /**
   * Bounds under which no factor of the best product can have left the range of a double, and under
   * which a product that did leave it stays below the best.
   */
  private static final double SURE_DENSITY = 1e60;

  private static final double SURE_SHARE = 1e-60;
  private static final double SURE_SQUARES = 500;
  private static final int SURE_FEATURES = 100;

  /** Where a product of weights is divided out; one more factor stays in the range of a double. */
  private static final double LARGE_PRODUCT = 1e150;

  private static final double LOG_SQRT_2PI = Math.log(Normal.SQRT_2PI);
  private static final double ZERO = Double.NEGATIVE_INFINITY;

  private final LeafLayout layout;

  /** Votes of the last call, or their logarithms. */
  private final double[] votes;

  /** Per class, whether no partial product can have left the range of a double. */
  private final boolean[] inRange;

  private boolean logarithms;
  private int classes;
  private int best;

  NaiveBayes(final LeafLayout layout) {
    this.layout = layout;
    votes = new double[layout.classCapacity];
    inRange = new boolean[layout.classCapacity];
  }

  /**
   * Votes on an instance.
   *
   * @param leaf the leaf's statistics, or null if it has none yet
   * @return the first class with the largest vote; 0 if there are no votes
   */
  int vote(
      final NodeTable nodes,
      final int node,
      final LeafView leaf,
      final Inputs inputs,
      final double[] x) {
    classes = nodes.classes(node);
    final double[] numbers = nodes.numbers();
    final int from = nodes.classesAt(node);
    final double weight = nodes.weight(node);
    logarithms = leaf != null && addLogarithms(numbers, from, weight, leaf, inputs);
    if (!logarithms) {
      multiply(numbers, from, weight, leaf, x);
    }
    return best;
  }

  /** Writes the votes of the last call as probabilities. */
  void probabilities(final double[] probabilities) {
    if (logarithms) {
      final double highest = votes[best];
      for (int c = 0; c < classes; c++) {
        votes[c] = c == best ? 1.0 : Math.exp(votes[c] - highest);
      }
      logarithms = false;
    }
    Votes.normalise(votes, 0, classes, best, probabilities);
  }

  /** Finds the winner by the votes' logarithms; false if only the product can tell. */
  private boolean addLogarithms(
      final double[] numbers,
      final int from,
      final double weight,
      final LeafView leaf,
      final Inputs inputs) {
    best = 0;
    double highest = ZERO;
    double second = ZERO;
    for (int c = 0; c < classes; c++) {
      inRange[c] = false;
      final double vote = logVote(c, numbers[from + c] / weight, leaf, inputs);
      if (Double.isNaN(vote)) {
        return false;
      }
      votes[c] = vote;
      if (vote > highest) {
        second = highest;
        highest = vote;
        best = c;
      } else if (vote > second) {
        second = vote;
      }
    }
    return inRange[best] && highest > second + SURE_MARGIN;
  }

  /** Logarithm of a class's vote; NaN if only the product can tell. */
  private double logVote(
      final int c, final double classShare, final LeafView leaf, final Inputs inputs) {
    final double[] page = leaf.pages[c];
    final int base = leaf.rowAt[c];
    double squares = 0.0;
    double precision = 1.0;
    int normals = 0;
    for (int i = 0; i < inputs.numbers; i++) {
      final int row = base + inputs.numberAt[i];
      final double weight = page[row + Observer.WEIGHT];
      final double sum = page[row + Observer.SQUARES];
      final double offset = inputs.number[i] - page[row + Observer.MEAN];
      if (weight > 1.0 && sum > 0.0) {
        final double inverse = (weight - 1.0) / sum;
        squares += offset * offset * inverse;
        precision *= inverse;
        normals++;
        if (!(precision < SURE_DENSITY && precision > 1.0 / SURE_DENSITY)) {
          return Double.NaN;
        }
      } else if (weight == 0.0 || (weight > 0.0 && offset != 0.0)) {
        return ZERO;
      }
    }
    if (normals > SURE_FEATURES) {
      return Double.NaN;
    }
    final double share = classShare * shareOfValues(c, leaf, inputs);
    inRange[c] = share > SURE_SHARE && squares < SURE_SQUARES;
    return Math.log(share * Math.sqrt(precision)) - 0.5 * squares - normals * LOG_SQRT_2PI;
  }

  /** Product of the likelihoods of the nominal values. */
  private static double shareOfValues(final int c, final LeafView leaf, final Inputs inputs) {
    final double[] page = leaf.pages[c];
    final int base = leaf.rowAt[c];
    double share = 1.0;
    double met = 1.0;
    double all = 1.0;
    for (int i = 0; i < inputs.values; i++) {
      final int row = base + inputs.valueAt[i];
      final double weight = page[row + Observer.WEIGHT];
      if (weight > 0.0) {
        met *=
            leaf.valueWeight(c, inputs.valueAt[i], inputs.valuesInTable[i], inputs.value[i]) + 1.0;
        all *= weight + page[row + Observer.VALUES_MET];
        if (all > LARGE_PRODUCT) {
          share *= met / all;
          met = 1.0;
          all = 1.0;
        }
      } else if (weight == 0.0) {
        return 0.0;
      }
    }
    return share * (met / all);
  }

  private void multiply(
      final double[] numbers,
      final int from,
      final double weight,
      final LeafView leaf,
      final double[] x) {
    best = 0;
    for (int c = 0; c < classes; c++) {
      votes[c] = product(c, numbers[from + c] / weight, leaf, x);
      if (votes[c] > votes[best]) {
        best = c;
      }
    }
  }

  private double product(
      final int c, final double classShare, final LeafView leaf, final double[] x) {
    double vote = classShare;
    final int count = leaf == null ? 0 : leaf.count;
    for (int j = 0; j < count && vote != 0.0; j++) {
      final int feature = leaf.features[j];
      final double value = x[feature];
      if (!layout.isPresent(feature, value) || leaf.stopped(j)) {
        continue;
      }
      final double[] page = leaf.pages[c];
      final int row = leaf.rowAt[c] + leaf.offset(j);
      final double weight = page[row + Observer.WEIGHT];
      if (weight == 0.0) {
        vote = 0.0;
      } else if (weight > 0.0 && layout.nominal[feature]) {
        // Laplace's rule over the values met.
        vote *=
            (leaf.valueWeight(j, c, (int) value) + 1.0)
                / (weight + page[row + Observer.VALUES_MET]);
      } else if (weight > 0.0) {
        final double deviation = Observer.deviation(page, row);
        vote *= Normal.density(value, page[row + Observer.MEAN], deviation);
      }
    }
    return vote;
  }

  long sizeBytes() {
    return 48 + 2 * 16 + 9L * votes.length;
  }
}
