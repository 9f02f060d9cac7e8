package dev.braid.experts.moe.expert;

import dev.braid.experts.CounterRandom;
import dev.braid.experts.moe.net.FeedForwardNet;
import dev.braid.state.image.Column;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Arrays;

/**
 * The last rows that a network was given, and mini-batches of them: the newest rows and others
 * drawn at random, so that a network learns from each event more than once.
 */
public final class ReplayWindow {
  /**
   * Fewer rows are one column of inputs and one of targets: there is little to be found in each.
   */
  private static final int FEW = 8;

  private final int fresh;
  private final int batch;
  private final long seed;
  private final float[][] input;
  private final float[][] target;
  private int inputs;
  private int targets;
  private long added;
  private final float[][] batchInput;
  private final float[][] batchTarget;

  /**
   * An empty window.
   *
   * @param capacity rows kept
   * @param fresh new rows until a mini-batch is due
   * @param batch rows of a mini-batch, {@code fresh} to {@link FeedForwardNet#SLICE}
   * @param seed of the draws
   */
  public ReplayWindow(
      final int capacity,
      final int fresh,
      final int batch,
      final int inputs,
      final int targets,
      final long seed) {
    this.fresh = fresh;
    this.batch = batch;
    this.inputs = inputs;
    this.targets = targets;
    this.seed = seed;
    input = new float[capacity][];
    target = new float[capacity][];
    batchInput = new float[batch][];
    batchTarget = new float[batch][];
  }

  private int next() {
    return (int) (added % input.length);
  }

  private int filled() {
    return (int) Math.min(added, input.length);
  }

  /** The row that {@link #add} will take next, to be written by the caller, shape [inputs]. */
  public float[] nextInput() {
    allocate(next());
    return input[next()];
  }

  /** The targets that {@link #add} will take next, to be written by the caller. */
  public float[] nextTarget() {
    allocate(next());
    return target[next()];
  }

  private void allocate(final int row) {
    if (input[row] == null) {
      input[row] = new float[inputs];
      target[row] = new float[targets];
    }
  }

  /** Rows taken in. */
  long added() {
    return added;
  }

  /** Drops all rows. */
  void clear() {
    added = 0;
  }

  /** Takes the next row in; true where a mini-batch is due. */
  public boolean add() {
    added++;
    return added % fresh == 0;
  }

  /** Puts a mini-batch together; how many rows it has. */
  public int draw() {
    for (int r = 0; r < batch; r++) {
      final int row =
          r < fresh
              ? (int) ((added - 1 - r) % input.length)
              : CounterRandom.below(filled(), seed, added * batch + r);
      batchInput[r] = input[row];
      batchTarget[r] = target[row];
    }
    return batch;
  }

  /** Inputs of the mini-batch, shape [rows, inputs]. */
  public float[][] batchInput() {
    return batchInput;
  }

  /** Targets of the mini-batch, shape [rows, targets]. */
  public float[][] batchTarget() {
    return batchTarget;
  }

  /** Widens the rows; what is new is 0. */
  public void grow(final int newInputs, final int newTargets) {
    inputs = newInputs;
    targets = newTargets;
    for (int r = 0; r < input.length && input[r] != null; r++) {
      input[r] = Arrays.copyOf(input[r], inputs);
      target[r] = Arrays.copyOf(target[r], targets);
    }
  }

  /** Heap bytes held, an estimate. */
  public long sizeBytes() {
    return 96 + filled() * (4L * (inputs + targets) + 40);
  }

  /**
   * Writes count and rows, these as {@link Column}s, each beside an earlier one; of a few rows one
   * column of all inputs, row by row, and one of all targets.
   *
   * @param period an input is beside the one so many places before it, or beside the last one
   */
  public void write(final int period, final ImageWriter out) {
    out.putLong(added);
    final int rows = filled();
    if (rows < FEW) {
      writeFew(input, inputs, rows, out);
      writeFew(target, targets, rows, out);
      return;
    }
    final float[][] columns = new float[inputs][rows];
    for (int i = 0; i < inputs; i++) {
      for (int r = 0; r < rows; r++) {
        columns[i][r] = input[r][i];
      }
      Column.write(columns[i], beside(columns, i, period), rows, out);
    }
    final float[] column = new float[rows];
    for (int i = 0; i < targets; i++) {
      for (int r = 0; r < rows; r++) {
        column[r] = target[r][i];
      }
      Column.write(column, rows, out);
    }
  }

  private static void writeFew(
      final float[][] from, final int width, final int rows, final ImageWriter out) {
    final float[] all = new float[rows * width];
    for (int r = 0; r < rows; r++) {
      System.arraycopy(from[r], 0, all, r * width, width);
    }
    Column.write(all, all.length, out);
  }

  private static void readFew(
      final float[][] to, final int width, final int rows, final ImageReader in) {
    final float[] all = new float[rows * width];
    Column.read(all, all.length, in);
    for (int r = 0; r < rows; r++) {
      System.arraycopy(all, r * width, to[r], 0, width);
    }
  }

  private static float[] beside(final float[][] columns, final int at, final int period) {
    final int other = at - (at >= period ? period : 1);
    return other < 0 ? null : columns[other];
  }

  /**
   * Reads what {@link #write} wrote into this empty window of the same sizes.
   *
   * @param period as it was written with
   * @throws MalformedImageException if there are more rows, or fewer
   */
  public void read(final int period, final ImageReader in) {
    added = in.getCount("rows that a window took in");
    final int rows = filled();
    for (int r = 0; r < rows; r++) {
      allocate(r);
    }
    if (rows < FEW) {
      readFew(input, inputs, rows, in);
      readFew(target, targets, rows, in);
      return;
    }
    final float[][] columns = new float[inputs][rows];
    for (int i = 0; i < inputs; i++) {
      Column.read(columns[i], beside(columns, i, period), rows, in);
      for (int r = 0; r < rows; r++) {
        input[r][i] = columns[i][r];
      }
    }
    final float[] column = new float[rows];
    for (int i = 0; i < targets; i++) {
      Column.read(column, rows, in);
      for (int r = 0; r < rows; r++) {
        target[r][i] = column[r];
      }
    }
  }

  /** Hands each row's first target to a check that may throw. */
  void checkTargets(final TargetCheck check) {
    for (int r = 0; r < filled(); r++) {
      check.check(target[r][0]);
    }
  }

  /** What a target that was read must be. */
  interface TargetCheck {
    /**
     * @throws MalformedImageException if it is not
     */
    void check(float target);
  }

  /**
   * States that a target column holds class indices.
   *
   * @throws MalformedImageException if some row has none of {@code classes} there
   */
  public void checkClasses(final int column, final int classes) {
    for (int r = 0; r < filled(); r++) {
      final float value = target[r][column];
      if (!(value >= 0 && value < classes)) {
        throw new MalformedImageException("the replay window holds class " + value);
      }
    }
  }
}
