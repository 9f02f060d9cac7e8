package dev.braid.experts.moe.cpu;

import dev.braid.experts.moe.DenseMoeSpec;
import dev.braid.experts.moe.ExpertLayout;
import dev.braid.experts.moe.Products;
import dev.braid.experts.moe.state.Block;

/**
 * One expert's share of a step on the CPU: the rows sent to it, what its layers gave, and its
 * gradient. Labelled rows come first, so that the backward products run over a prefix.
 */
final class ExpertWork {
  private final DenseMoeSpec spec;
  private final ExpertLayout at;
  private final Products products;
  private final Block block;
  private final int capacity;

  /** Index of each row in the staged batch, and of its weight; null: all rows, in their order. */
  private int[] rowOf;

  private int[] weightOf;
  private int rows;
  private int labelled;

  private float[] gathered = new float[0];
  private float[] x;
  private float[] hidden = new float[0];
  private float[] out = new float[0];

  /**
   * @param capacity most rows a batch may have
   */
  ExpertWork(
      final DenseMoeSpec spec, final Products products, final Block block, final int capacity) {
    this.spec = spec;
    this.products = products;
    this.block = block;
    this.capacity = capacity;
    at = ExpertLayout.of(spec);
  }

  /** Expects rows through {@link #add}. */
  void clear() {
    rows = 0;
    labelled = 0;
    if (rowOf == null) {
      rowOf = new int[capacity];
      weightOf = new int[capacity];
    }
  }

  /** Takes one staged row, in ascending order. */
  void add(final int row, final int weightIndex, final boolean hasLabel) {
    rowOf[rows] = row;
    weightOf[rows] = weightIndex;
    rows++;
    labelled += hasLabel ? 1 : 0;
  }

  /** Takes all staged rows. */
  void takeAll(final int allRows, final int allLabelled) {
    rowOf = null;
    weightOf = null;
    rows = allRows;
    labelled = allLabelled;
  }

  int rows() {
    return rows;
  }

  /** Index in the staged batch of the i-th row of this expert. */
  int row(final int i) {
    return rowOf == null ? i : rowOf[i];
  }

  /** Index of that row's weight, for an expert that takes its rows one by one. */
  int weightIndex(final int i) {
    return weightOf[i];
  }

  /** The expert's logits, shape [rows][c]. */
  float[] out() {
    return out;
  }

  /** Logits of its rows. */
  void forward(final float[] staged) {
    if (rows == 0) {
      return;
    }
    final int d = spec.inputs();
    final int h = spec.hidden();
    final int c = spec.classes();
    x = staged;
    if (rowOf != null) {
      gathered = atLeast(gathered, rows * d);
      for (int i = 0; i < rows; i++) {
        System.arraycopy(staged, rowOf[i] * d, gathered, i * d, d);
      }
      x = gathered;
    }
    hidden = atLeast(hidden, rows * h);
    out = atLeast(out, rows * c);
    preset(block.theta, at.b1(), h, hidden, rows);
    products.timesTransposed(rows, h, d, x, 0, block.theta, 0, true, hidden, 0);
    rectify(hidden, rows * h);
    preset(block.theta, at.b2(), c, out, rows);
    products.timesTransposed(rows, c, h, hidden, 0, block.theta, at.w2(), true, out, 0);
  }

  /**
   * Gradient of the labelled rows, and one step of Adam.
   *
   * @param gradient scratch of the block's size
   * @param hiddenGradient scratch, shape [rows][h]
   */
  void learn(final float[] gradient, final float[] hiddenGradient) {
    if (labelled == 0) {
      return;
    }
    final int d = spec.inputs();
    final int h = spec.hidden();
    final int c = spec.classes();
    products.transposedTimes(c, h, labelled, out, 0, hidden, 0, gradient, at.w2());
    products.columnSums(labelled, c, out, 0, gradient, at.b2());
    products.times(labelled, h, c, out, 0, block.theta, at.w2(), hiddenGradient, 0);
    mask(hiddenGradient, hidden, labelled * h);
    products.transposedTimes(h, d, labelled, hiddenGradient, 0, x, 0, gradient, 0);
    products.columnSums(labelled, h, hiddenGradient, 0, gradient, at.b1());
    block.wake();
    block.learn(gradient, spec.learningRate());
  }

  /** Labelled rows among its rows; they are the first. */
  int labelled() {
    return labelled;
  }

  /** Heap bytes of the buffers. */
  long bytes() {
    final long indices = rowOf == null ? 0 : 2L * rowOf.length;
    return 4L * (gathered.length + hidden.length + out.length + indices);
  }

  private float[] atLeast(final float[] buffer, final int needed) {
    if (buffer.length >= needed) {
      return buffer;
    }
    // Room to spare, but never for more rows than a batch can have.
    final long most = (long) needed / rows * capacity;
    return new float[(int) Math.min(most, Math.max(needed, 2L * buffer.length))];
  }

  static void preset(
      final float[] from, final int offset, final int width, final float[] to, final int rows) {
    for (int i = 0; i < rows; i++) {
      System.arraycopy(from, offset, to, i * width, width);
    }
  }

  /** ReLU: (v + |v|) / 2 is exact, and the JIT compiler makes vector instructions of it. */
  private static void rectify(final float[] values, final int length) {
    for (int i = 0; i < length; i++) {
      values[i] = 0.5f * (values[i] + Math.abs(values[i]));
    }
  }

  /**
   * Keeps the gradient where the unit was on. The factor is exactly 0 or 1, denormal activations
   * included; a comparison would be a branch, mispredicted for every other unit.
   */
  private static void mask(final float[] gradient, final float[] activation, final int length) {
    for (int i = 0; i < length; i++) {
      gradient[i] *= Math.min(1, activation[i] * 0x1p100f * 0x1p100f);
    }
  }
}
