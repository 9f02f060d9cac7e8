package dev.braid.experts.moe.spec;

import dev.braid.experts.moe.layer.DenseMoe;

/**
 * Rows on their way through a {@link DenseMoe}, and what it says about them. Filled, submitted,
 * read, cleared and filled again: nothing is allocated per batch.
 */
public final class DenseBatch {
  /** Inputs beyond this are clipped to it: they are expected standardised. */
  public static final float LIMIT = 1e4f;

  private final DenseMoeSpec spec;
  private final int capacity;
  private final float[] inputs;
  private final int[] labels;
  private final float[] probabilities;
  private final float[] expertProbabilities;
  private final float[] weights;
  private final int[] load;
  private int rows;
  private int labelled;

  /**
   * @param spec of the layer the batch is for
   * @param capacity most rows it can hold
   * @param withExperts whether each expert's own probabilities are wanted too
   */
  public DenseBatch(final DenseMoeSpec spec, final int capacity, final boolean withExperts) {
    if (capacity < 1) {
      throw new IllegalArgumentException("a batch of " + capacity + " rows");
    }
    this.spec = spec;
    this.capacity = capacity;
    inputs = new float[Math.multiplyExact(capacity, spec.inputs())];
    labels = new int[capacity];
    probabilities = new float[Math.multiplyExact(capacity, spec.classes())];
    expertProbabilities =
        withExperts
            ? new float[Math.multiplyExact(probabilities.length, spec.totalExperts())]
            : null;
    weights = new float[Math.multiplyExact(capacity, spec.experts())];
    load = new int[spec.totalExperts()];
  }

  /**
   * Adds a row. Missing and infinite values count as 0, and what exceeds {@link #LIMIT} is clipped.
   *
   * @param x one element per input, expected standardised
   * @param label index of the class, or -1 where the row is only to be predicted
   * @return the row's index
   * @throws IllegalStateException if the batch is full
   */
  public int add(final double[] x, final int label) {
    check(x.length, label);
    final int offset = rows * spec.inputs();
    for (int i = 0; i < x.length; i++) {
      inputs[offset + i] = clean((float) x[i]);
    }
    return accept(label);
  }

  /** The same for a row of floats. */
  public int add(final float[] x, final int label) {
    check(x.length, label);
    final int offset = rows * spec.inputs();
    for (int i = 0; i < x.length; i++) {
      inputs[offset + i] = clean(x[i]);
    }
    return accept(label);
  }

  /**
   * Adds another batch's row, with another label or none.
   *
   * @param from of a batch for the same spec
   */
  public int add(final DenseBatch from, final int row, final int label) {
    check(from.spec.inputs(), label);
    System.arraycopy(from.inputs, row * spec.inputs(), inputs, rows * spec.inputs(), spec.inputs());
    return accept(label);
  }

  private void check(final int length, final int label) {
    if (rows == capacity) {
      throw new IllegalStateException("the batch is full with " + rows + " rows");
    }
    if (length != spec.inputs()) {
      throw new IllegalArgumentException(
          "a row has " + length + " values, the layer " + spec.inputs() + " inputs");
    }
    if (label < -1 || label >= spec.classes()) {
      throw new IllegalArgumentException(
          "label " + label + " of a layer with " + spec.classes() + " classes");
    }
  }

  private static float clean(final float value) {
    return Float.isFinite(value) ? Math.max(-LIMIT, Math.min(LIMIT, value)) : 0;
  }

  private int accept(final int label) {
    labels[rows] = label;
    labelled += label >= 0 ? 1 : 0;
    return rows++;
  }

  /** Empties the batch. */
  public void clear() {
    rows = 0;
    labelled = 0;
  }

  /** B: rows added since it was last cleared. */
  public int rows() {
    return rows;
  }

  /** Rows among them that have a label. */
  public int labelledRows() {
    return labelled;
  }

  /** Most rows it can hold. */
  public int capacity() {
    return capacity;
  }

  /** The rows' labels, -1 where there is none; shape [capacity], read-only by agreement. */
  public int[] labels() {
    return labels;
  }

  /** The cleaned inputs; shape [capacity][d], read-only by agreement. */
  public float[] inputs() {
    return inputs;
  }

  /** Class probabilities of the layer, valid after the step; shape [capacity][c]. */
  public float[] probabilities() {
    return probabilities;
  }

  /**
   * Class probabilities of each expert, valid after the step; shape [capacity][T][c], all 0 where
   * the row was not sent to the expert; null unless asked for.
   */
  public float[] expertProbabilities() {
    return expertProbabilities;
  }

  /**
   * The gate's weight of each expert that it chooses from, valid after the step; shape
   * [capacity][E], 0 where it did not choose the expert. Shared experts have weight 1.
   */
  public float[] weights() {
    return weights;
  }

  /** Rows that each expert computed in the step, shape [T]. */
  public int[] load() {
    return load;
  }

  /**
   * A batch of its own with the same rows and labels, without room for more or for what each expert
   * says.
   */
  public DenseBatch copy() {
    return new DenseBatch(spec, rows, false).take(this);
  }

  /** Takes over another batch's rows and labels. */
  public DenseBatch take(final DenseBatch other) {
    rows = other.rows;
    labelled = other.labelled;
    System.arraycopy(other.inputs, 0, inputs, 0, rows * spec.inputs());
    System.arraycopy(other.labels, 0, labels, 0, rows);
    return this;
  }

  /** Heap bytes of the arrays. */
  public long bytes() {
    final long ofExperts = expertProbabilities == null ? 0 : expertProbabilities.length;
    return Float.BYTES
        * (inputs.length + labels.length + probabilities.length + weights.length + ofExperts);
  }

  /** The layer shape this batch fits. */
  public DenseMoeSpec spec() {
    return spec;
  }
}
