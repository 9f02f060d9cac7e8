package dev.braid.experts.moe;

import java.util.Arrays;

/**
 * Who computes which row of a batch with which weight. Rows with labels come first; matrices are
 * row-major over {@link #columns} experts. Reused from step to step.
 */
public final class Routing {
  private final int columns;

  /** What the {@link Score} says, shape [rows][columns]. */
  public final float[] score;

  /** What the {@link Assign} made of the scores before it chose, shape [rows][columns]. */
  public final float[] affinity;

  /**
   * Gradient of the loss, shape [labelled][columns]: with respect to the affinities as penalties
   * leave it, with respect to the scores once {@link Assign#backward} is done.
   */
  public final float[] gradient;

  /**
   * What the last batches taught the assignment; its {@link Assign#memory}, saved with the gate.
   */
  public final float[] memory;

  /** Whether there is an expert in each column; one that is not is never to be chosen. */
  private final boolean[] alive;

  /** For use within one call. */
  public final boolean[] taken;

  private final int[] row;
  private final int[] expert;
  private final float[] weight;
  private final float[] weightGradient;
  private int size;
  private int chosen;
  private boolean distribution;

  /**
   * @param rows most of a batch
   * @param pairs most of a row, those with shared experts included
   * @param alive of each column, as it is from call to call
   */
  public Routing(
      final int rows,
      final int columns,
      final int pairs,
      final float[] memory,
      final boolean[] alive) {
    this.columns = columns;
    this.memory = memory;
    this.alive = alive;
    score = new float[Math.multiplyExact(rows, columns)];
    affinity = new float[score.length];
    gradient = new float[score.length];
    taken = new boolean[columns];
    final int room = Math.multiplyExact(rows, pairs);
    row = new int[room];
    expert = new int[room];
    weight = new float[room];
    weightGradient = new float[room];
  }

  /** Experts that are chosen from. */
  public int columns() {
    return columns;
  }

  /** Whether there is an expert in a column. */
  public boolean isAlive(final int column) {
    return alive[column];
  }

  /** Experts that there are, 1 or more. */
  public int alive() {
    int count = 0;
    for (final boolean there : alive) {
      count += there ? 1 : 0;
    }
    return count;
  }

  /** The scores of those that are not there are as low as can be. */
  public void mask(final int rows) {
    for (int e = 0; e < columns; e++) {
      for (int i = e; !alive[e] && i < rows * columns; i += columns) {
        score[i] = Float.NEGATIVE_INFINITY;
      }
    }
  }

  /** Forgets all pairs. */
  public void clear() {
    size = 0;
    chosen = 0;
  }

  /** An expert computes a row. Rows come in ascending order. */
  public void add(final int ofRow, final int byExpert, final float withWeight) {
    row[size] = ofRow;
    expert[size] = byExpert;
    weight[size] = withWeight;
    size++;
    chosen = size;
  }

  /** An expert beside those that are chosen from computes rows 0 to {@code rows}, with weight 1. */
  public void share(final int byExpert, final int rows) {
    final int before = chosen;
    for (int r = 0; r < rows; r++) {
      add(r, byExpert, 1);
    }
    chosen = before;
  }

  /** Keeps the chosen pairs of the first rows alone. */
  public void keepRows(final int rows) {
    while (chosen > 0 && row[chosen - 1] >= rows) {
      chosen--;
    }
  }

  /** Pairs of a row and an expert; the chosen ones first, then those of shared experts. */
  public int size() {
    return size;
  }

  /** Pairs that the assignment chose. */
  public int chosen() {
    return chosen;
  }

  public int row(final int pair) {
    return row[pair];
  }

  public int expert(final int pair) {
    return expert[pair];
  }

  public float weight(final int pair) {
    return weight[pair];
  }

  /** Gradient of the loss with respect to a pair's weight. */
  public float weightGradient(final int pair) {
    return weightGradient[pair];
  }

  public void weightGradient(final int pair, final float value) {
    weightGradient[pair] = value;
  }

  /** Whether the affinities of each row are positive and sum to 1. */
  public boolean isDistribution() {
    return distribution;
  }

  /** The affinities of these rows are the softmax of their scores. */
  public void softmax(final int from, final int to) {
    System.arraycopy(score, from * columns, affinity, from * columns, (to - from) * columns);
    softmaxOfAffinities(from, to);
  }

  /** The same of what the affinities are now. */
  public void softmaxOfAffinities(final int from, final int to) {
    for (int r = from; r < to; r++) {
      FloatMath.softmax(affinity, r * columns, columns);
    }
    distribution = true;
  }

  /** The affinities of these rows were made otherwise, and do not sum to 1. */
  public void noDistribution() {
    distribution = false;
  }

  /** The affinities of these rows are the logistic function of their scores. */
  public void sigmoid(final int from, final int to) {
    for (int i = from * columns; i < to * columns; i++) {
      affinity[i] = FloatMath.sigmoid(score[i]);
    }
    distribution = false;
  }

  /**
   * Makes softmaxes of the scores of rows, and gives each row as many experts with the largest of
   * them; see {@link #chooseLargest}.
   */
  public void chooseLargestOfSoftmax(
      final int from, final int to, final int count, final boolean normalised) {
    softmax(from, to);
    for (int r = from; r < to; r++) {
      chooseLargest(r, count, normalised);
    }
  }

  /**
   * Chooses the experts of a row that have the largest affinities, that of the lower index among
   * equals, largest first; all of them in their order if there are no more than so many.
   *
   * @param normalised whether the weights are the affinities divided by their sum
   */
  public void chooseLargest(final int ofRow, final int count, final boolean normalised) {
    final int first = size;
    final int from = ofRow * columns;
    Arrays.fill(taken, false);
    for (int e = 0; count >= columns && e < columns; e++) {
      if (alive[e]) {
        add(ofRow, e, affinity[from + e]);
      }
    }
    for (int j = count < columns ? Math.min(count, alive()) : 0; j > 0; j--) {
      final int best = largestLeft(from);
      taken[best] = true;
      add(ofRow, best, affinity[from + best]);
    }
    if (normalised) {
      normalise(first);
    }
  }

  /**
   * The expert of the largest affinity among those there and not taken, in the row that begins
   * there.
   */
  public int largestLeft(final int from) {
    int best = -1;
    for (int e = 0; e < columns; e++) {
      if (!taken[e] && alive[e] && (best < 0 || affinity[from + e] > affinity[from + best])) {
        best = e;
      }
    }
    return best;
  }

  /** Divides the weights of the pairs from there on by their sum. */
  public void normalise(final int first) {
    float sum = 0;
    for (int p = first; p < size; p++) {
      sum += weight[p];
    }
    // Sigmoids of very negative logits can all be 0.
    sum = Math.max(sum, Float.MIN_NORMAL);
    for (int p = first; p < size; p++) {
      weight[p] /= sum;
    }
  }

  /** Adds to the gradient of the affinities that of the chosen pairs' weights, which are these. */
  public void throughWeights() {
    for (int p = 0; p < chosen; p++) {
      gradient[row[p] * columns + expert[p]] += weightGradient[p];
    }
  }

  /** The same where the weights are affinities divided by their sum over the row's pairs. */
  public void throughNormalisedWeights() {
    for (int first = 0, end; first < chosen; first = end) {
      float sum = 0;
      float inner = 0;
      for (end = first; end < chosen && row[end] == row[first]; end++) {
        sum += affinity[row[end] * columns + expert[end]];
        inner += weight[end] * weightGradient[end];
      }
      if (sum == 0) {
        // Their weights are 0, and so is what such affinities pass on.
        continue;
      }
      sum = Math.max(sum, Float.MIN_NORMAL);
      for (int p = first; p < end; p++) {
        gradient[row[p] * columns + expert[p]] += (weightGradient[p] - inner) / sum;
      }
    }
  }

  /** Turns the gradient of affinities that are a softmax into that of the scores. */
  public void throughSoftmax(final int rows) {
    for (int from = 0; from < rows * columns; from += columns) {
      float mean = 0;
      for (int i = from; i < from + columns; i++) {
        mean += gradient[i] * affinity[i];
      }
      for (int i = from; i < from + columns; i++) {
        gradient[i] = affinity[i] * (gradient[i] - mean);
      }
    }
  }

  /** Turns the gradient of affinities that are sigmoids into that of the scores. */
  public void throughSigmoid(final int rows) {
    for (int i = 0; i < rows * columns; i++) {
      gradient[i] = gradient[i] * affinity[i] * (1 - affinity[i]);
    }
  }

  /** Heap bytes held. */
  public long bytes() {
    return Float.BYTES * (3L * score.length + 4L * row.length);
  }
}
