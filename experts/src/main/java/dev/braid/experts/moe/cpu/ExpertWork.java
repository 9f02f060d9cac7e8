package dev.braid.experts.moe.cpu;

import dev.braid.experts.moe.ExpertRows;
import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.state.Weights;
import java.util.Arrays;

/**
 * One expert's share of a step on the CPU: the rows sent to it, what it gave, and what it keeps for
 * the way back. Labelled rows come first, so that the backward pass runs over a prefix.
 */
final class ExpertWork implements ExpertRows {
  private final Kind kind;
  private final Layout layout;
  private final int tape;
  private final int capacity;
  private final CpuWork work;
  private Weights shared;
  private float[] sharedGradient;

  private int[] rowOf = new int[0];
  private int[] pairOf = new int[0];
  private int rows;
  private int labelled;

  /** Whether it has all rows of the batch, so that nothing need be gathered. */
  private boolean all;

  private float[] gathered = new float[0];
  private int[] labels = new int[0];
  private float[] x;
  private float[] kept = new float[0];
  private float[] out = new float[0];
  private float[] asked = new float[0];
  private float[] askedTape = new float[0];
  private float[] inputGradient = new float[0];

  /**
   * @param capacity most rows a batch may have
   */
  ExpertWork(final Kind kind, final Layout layout, final CpuWork work, final int capacity) {
    this.kind = kind;
    this.layout = layout;
    this.work = work;
    this.capacity = capacity;
    tape = kind.tape(layout.inputs(), layout.outputs());
  }

  void clear() {
    rows = 0;
    labelled = 0;
  }

  /** Takes one row of the batch, in ascending order. */
  void add(final Routing routing, final int pair, final int allLabelled) {
    if (rows == rowOf.length) {
      final int more = Math.min(capacity, Math.max(8, 2 * rows));
      rowOf = Arrays.copyOf(rowOf, more);
      pairOf = Arrays.copyOf(pairOf, more);
    }
    rowOf[rows] = routing.row(pair);
    pairOf[rows] = pair;
    labelled += routing.row(pair) < allLabelled ? 1 : 0;
    rows++;
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int labelled() {
    return labelled;
  }

  @Override
  public int row(final int i) {
    return rowOf[i];
  }

  @Override
  public int pair(final int i) {
    return pairOf[i];
  }

  @Override
  public float[] out() {
    return out;
  }

  /** Computes with the parameters that its kind shares from here on. */
  void share(final Weights parameters, final float[] gradient) {
    shared = parameters;
    sharedGradient = gradient;
  }

  /** Outputs of its rows, of which a batch has so many in all. */
  void forward(
      final Weights weights, final float[] staged, final int allRows, final boolean learning) {
    final int d = layout.inputs();
    all = rows == allRows;
    x = staged;
    if (!all) {
      gathered = atLeast(gathered, rows * d);
      for (int i = 0; i < rows; i++) {
        System.arraycopy(staged, rowOf[i] * d, gathered, i * d, d);
      }
      x = gathered;
    }
    kept = atLeast(kept, rows * tape);
    out = atLeast(out, rows * layout.outputs());
    kind.forward(on(weights), x, rows, learning, out);
  }

  /** What it says of all rows; what it computes of its own ones stays as it is. */
  float[] answers(final Weights weights, final float[] staged, final int allRows) {
    if (asked.length == 0) {
      asked = new float[capacity * layout.outputs()];
      askedTape = new float[capacity * tape];
    }
    kind.forward(on(weights, askedTape), staged, allRows, false, asked);
    return asked;
  }

  Layout layout() {
    return layout;
  }

  private CpuWork on(final Weights weights) {
    return on(weights, kept);
  }

  private CpuWork on(final Weights weights, final float[] keptThere) {
    work.on(weights, keptThere);
    return shared == null ? work : work.sharing(shared, sharedGradient);
  }

  /**
   * Leaves the gradient of the labelled rows in the work's gradient, which it returns.
   *
   * @param allLabels null where a row has no class
   * @param ofInputs that of the inputs is added there, shape [all labelled][inputs]; null where it
   *     is not wanted
   */
  float[] backward(final Weights weights, final int[] allLabels, final float[] ofInputs) {
    int[] own = allLabels;
    if (!all && allLabels != null) {
      if (labels.length < labelled) {
        labels = new int[rowOf.length];
      }
      for (int i = 0; i < labelled; i++) {
        labels[i] = allLabels[rowOf[i]];
      }
      own = labels;
    }
    final CpuWork on = on(weights);
    if (ofInputs == null) {
      kind.backward(on, x, own, labelled, out, null);
      return on.gradient();
    }
    final int d = layout.inputs();
    inputGradient = atLeast(inputGradient, rows * d);
    kind.backward(on, x, own, labelled, out, inputGradient);
    for (int i = 0; i < labelled; i++) {
      for (int j = 0; j < d; j++) {
        ofInputs[rowOf[i] * d + j] += inputGradient[i * d + j];
      }
    }
    return on.gradient();
  }

  /** Heap bytes of the buffers. */
  long bytes() {
    final long own = (long) gathered.length + kept.length + out.length + labels.length;
    return 4L * (inputGradient.length + own + asked.length + askedTape.length + 2L * rowOf.length);
  }

  private float[] atLeast(final float[] buffer, final int needed) {
    if (buffer.length >= needed) {
      return buffer;
    }
    // Room to spare, but never for more rows than a batch can have.
    final long most = (long) needed / rows * capacity;
    return new float[(int) Math.min(most, Math.max(needed, 2L * buffer.length))];
  }
}
