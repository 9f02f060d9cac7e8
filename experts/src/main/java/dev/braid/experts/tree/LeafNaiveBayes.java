package dev.braid.experts.tree;

/**
 * Naive Bayes over the statistics of one leaf.
 *
 * <p>The reference is the product, in the order of the features, of class share and likelihoods,
 * with an exponential for each class and numeric feature: {@link #multiply}. Most of the time the
 * winner is beyond doubt, and {@link #compare} finds it with one division for each class and
 * numeric feature. It knows when it cannot: when the two best are closer than its error, or when
 * the product might leave the range of a double. Then the product decides, so the winner is always
 * that of the product.
 */
final class LeafNaiveBayes {
  /** Difference of twice the binary logarithms of two votes that no error reaches. */
  private static final double SURE_MARGIN = 1e-3;

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

  private static final double LOG2_E = 1 / Math.log(2);
  private static final double NO_VOTE = Double.NEGATIVE_INFINITY;

  /** Square of the constant factor in the product of so many normal densities. */
  private static final double[] CONSTANT = new double[SURE_FEATURES + 1];

  static {
    CONSTANT[0] = 1.0;
    for (int normals = 1; normals < CONSTANT.length; normals++) {
      CONSTANT[normals] = CONSTANT[normals - 1] / (2 * Math.PI);
    }
  }

  private final LeafLayout layout;

  /** Votes of the last call, if the product decided. */
  private final double[] votes;

  /**
   * The votes of the last call in parts, if it was beyond doubt: the vote of a class is share *
   * sqrt(precision) * exp(-squares / 2).
   */
  private final double[] shares;

  private final double[] precisions;
  private final double[] squares;

  private boolean inParts;
  private int classes;
  private int best;

  LeafNaiveBayes(final LeafLayout layout) {
    this.layout = layout;
    votes = new double[layout.classCapacity];
    shares = new double[layout.classCapacity];
    precisions = new double[layout.classCapacity];
    squares = new double[layout.classCapacity];
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
    inParts = leaf != null && compare(numbers, from, weight, leaf, inputs);
    if (!inParts) {
      multiply(numbers, from, weight, leaf, x);
    }
    return best;
  }

  /** Writes the votes of the last call as probabilities. */
  void probabilities(final double[] probabilities) {
    if (!inParts) {
      Votes.normalise(votes, 0, classes, best, probabilities);
      return;
    }
    double sum = 0.0;
    for (int c = 0; c < classes; c++) {
      final double vote = c == best ? 1.0 : shares[c] == 0.0 ? 0.0 : partOfBest(c);
      probabilities[c] = vote;
      sum += vote;
    }
    for (int c = 0; c < classes; c++) {
      probabilities[c] /= sum;
    }
    for (int c = classes; c < probabilities.length; c++) {
      probabilities[c] = 0.0;
    }
  }

  private double partOfBest(final int c) {
    return shares[c]
        / shares[best]
        * Math.sqrt(precisions[c] / precisions[best])
        * Math.exp(0.5 * (squares[best] - squares[c]));
  }

  /**
   * Finds the winner by approximate logarithms of the votes; false if only the product can tell.
   */
  private boolean compare(
      final double[] numbers,
      final int from,
      final double weight,
      final LeafView leaf,
      final Inputs inputs) {
    best = 0;
    double highest = NO_VOTE;
    double second = NO_VOTE;
    for (int c = 0; c < classes; c++) {
      shares[c] = numbers[from + c] / weight;
      if (!multiplyNormals(c, leaf, inputs)) {
        return false;
      }
      final double share =
          shares[c] * shareOfPairs(c, leaf, inputs) * shareOfValues(c, leaf, inputs);
      shares[c] = share;
      if (!(share > 0.0)) {
        continue;
      }
      final double vote = Approximate.log2(share * share * precisions[c]) - LOG2_E * squares[c];
      if (vote > highest) {
        second = highest;
        highest = vote;
        best = c;
      } else if (vote > second) {
        second = vote;
      } else if (Double.isNaN(vote)) {
        return false;
      }
    }
    return highest > second + SURE_MARGIN
        && shares[best] > SURE_SHARE
        && squares[best] < SURE_SQUARES;
  }

  /** Multiplies the densities of the numbers in a class; false if only the product can tell. */
  private boolean multiplyNormals(final int c, final LeafView leaf, final Inputs inputs) {
    final double[] page = leaf.pages[c];
    final int base = leaf.rowAt[c];
    double sumOfSquares = 0.0;
    double precision = 1.0;
    int normals = 0;
    for (int i = 0; i < inputs.numbers; i++) {
      final int row = base + inputs.numberAt[i];
      final double weight = page[row + Observer.WEIGHT];
      final double sum = page[row + Observer.SQUARES];
      final double offset = inputs.number[i] - page[row + Observer.MEAN];
      if (weight > 1.0 && sum > 0.0) {
        final double inverse = (weight - 1.0) / sum;
        sumOfSquares += offset * offset * inverse;
        precision *= inverse;
        normals++;
        if (!(precision < SURE_DENSITY && precision > 1.0 / SURE_DENSITY)) {
          return false;
        }
      } else if (weight == 0.0 || (weight > 0.0 && offset != 0.0)) {
        shares[c] = 0.0;
        return true;
      }
    }
    if (normals > SURE_FEATURES) {
      return false;
    }
    precisions[c] = precision * CONSTANT[normals];
    squares[c] = sumOfSquares;
    return true;
  }

  /** Product of the likelihoods of the values of features of two values. */
  private static double shareOfPairs(final int c, final LeafView leaf, final Inputs inputs) {
    final double[] page = leaf.pages[c];
    final int base = leaf.rowAt[c];
    double share = 1.0;
    double met = 1.0;
    double all = 1.0;
    for (int i = 0; i < inputs.pairs; i++) {
      final int row = base + inputs.pairAt[i];
      final double first = page[row];
      final double second = page[row + 1];
      if (first + second > 0.0) {
        met *= (inputs.pairValue[i] == 0 ? first : second) + 1.0;
        all *= first + second + (second > 0.0 ? 2.0 : 1.0);
        if (all > LARGE_PRODUCT) {
          share *= met / all;
          met = 1.0;
          all = 1.0;
        }
      } else if (first + second == 0.0) {
        return 0.0;
      }
    }
    return share * (met / all);
  }

  /** Product of the likelihoods of the other nominal values. */
  private static double shareOfValues(final int c, final LeafView leaf, final Inputs inputs) {
    final double[] page = leaf.pages[c];
    final int base = leaf.rowAt[c];
    double share = 1.0;
    for (int i = 0; i < inputs.values; i++) {
      final int row = base + inputs.valueAt[i];
      final int kept = inputs.valuesInTable[i];
      final double weight = page[row + Observer.WEIGHT];
      if (weight > 0.0) {
        final double met =
            kept == 0
                ? page[row + LeafLayout.NOMINAL_ROW_HEAD + inputs.value[i]]
                : leaf.tableWeight(c, inputs.valueAt[i], kept, inputs.value[i]);
        share *= (met + 1.0) / (weight + page[row + Observer.VALUES_MET]);
      } else if (weight == 0.0) {
        return 0.0;
      }
    }
    return share;
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
      vote *=
          layout.nominal[feature]
              ? likelihoodOfValue(c, j, (int) value, leaf)
              : densityOfNumber(c, j, value, leaf);
    }
    return vote;
  }

  /** Laplace's rule over the values met; 1 where the feature says nothing of the class yet. */
  private static double likelihoodOfValue(
      final int c, final int j, final int value, final LeafView leaf) {
    final double weight = leaf.nominalWeight(j, c);
    if (weight > 0.0) {
      return (leaf.valueWeight(j, c, value) + 1.0) / (weight + leaf.valuesMet(j, c));
    }
    return weight == 0.0 ? 0.0 : 1.0;
  }

  private static double densityOfNumber(
      final int c, final int j, final double value, final LeafView leaf) {
    final double[] page = leaf.pages[c];
    final int row = leaf.rowAt[c] + leaf.offset(j);
    final double weight = page[row + Observer.WEIGHT];
    if (weight > 0.0) {
      final double deviation = Observer.deviation(page, row);
      return Normal.density(value, page[row + Observer.MEAN], deviation);
    }
    return weight == 0.0 ? 0.0 : 1.0;
  }

  long sizeBytes() {
    return 48 + 4 * 16 + 32L * votes.length;
  }
}
