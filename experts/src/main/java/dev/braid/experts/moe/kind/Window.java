package dev.braid.experts.moe.kind;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * Answers from the labelled rows that it was sent last, by the singular kernel {@code 1 / |x -
 * x_i|^p} (Devroye, Gyoerfi and Krzyzak 1998, "The Hilbert Kernel Regression Estimate"): wide and
 * deep networks come to such a kernel where they classify as well as can be (Radhakrishnan, Belkin
 * and Uhler 2023, "Wide and Deep Neural Networks Achieve Optimality for Classification"). The power
 * p is learned, since that of the theory, the number of inputs, would change what is known whenever
 * an input comes. The logits are the logarithms of the classes' shares, times a learned factor.
 *
 * @param remembered rows that it remembers, 1 or more
 */
public record Window(int remembered) implements Kind {
  /** Added to squared distances, so that a row that is remembered has a weight. */
  private static final float LEAST = 1e-6f;

  /** Rows that each class has from the start, so that no share is 0. */
  private static final float PRIOR = 0.01f;

  private static final double FIRST_POWER = 4;

  static final Word<Kind> WORD =
      new Word<>(
          "window",
          "Answers from the rows that it was sent last, the nearer the more.",
          List.of(new Option("rows", "128", "Rows that it remembers, 1 to 65536.")),
          options -> new Window(options.integer("rows", 1, 65_536)));

  @Override
  public boolean needsClasses() {
    return true;
  }

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    return List.of(Tensor.zeros("factor", Axis.of(1)), Tensor.zeros("power", Axis.of(1)));
  }

  @Override
  public List<Tensor> memory(final int inputs, final int outputs) {
    return Remembered.tensors(remembered);
  }

  /**
   * Of a row: the logarithms of the classes' shares, the shares, the remembered rows' weights with
   * sum 1, and half the logarithms of their squared distances.
   */
  @Override
  public int tape(final int inputs, final int outputs) {
    return 2 * (outputs + remembered);
  }

  private static float factor(final Work work) {
    return (float) StrictMath.exp(work.theta()[0]);
  }

  private static double power(final Work work) {
    return FIRST_POWER * StrictMath.exp(work.theta()[1]);
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    final int c = work.outputs();
    final int stride = tape(work.inputs(), c);
    final float factor = factor(work);
    final int taken = Remembered.count(work, remembered);
    for (int r = 0; r < rows; r++) {
      shares(work, x, r, taken);
      for (int j = 0; j < c; j++) {
        final float log = (float) StrictMath.log(work.tape()[r * stride + c + j]);
        work.tape()[r * stride + j] = log;
        out[r * c + j] = factor * log;
      }
    }
  }

  /** Leaves what the tape has of a row beside the logarithms of its shares. */
  private void shares(final Work work, final float[] x, final int row, final int taken) {
    final int c = work.outputs();
    final float[] tape = work.tape();
    final int share = row * tape(work.inputs(), c) + c;
    final int weight = share + c;
    final int half = weight + remembered;
    final int labels = work.memoryAt("labels");
    final double power = 0.5 * power(work);
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < taken; i++) {
      final double log = StrictMath.log(squaredDistance(work, x, row * work.inputs(), i));
      tape[half + i] = (float) (0.5 * log);
      tape[weight + i] = (float) (-power * log);
      largest = Math.max(largest, tape[weight + i]);
    }
    float sum = 0;
    Arrays.fill(tape, share, weight, 0);
    for (int i = 0; i < taken; i++) {
      tape[weight + i] = (float) StrictMath.exp(tape[weight + i] - largest);
      sum += tape[weight + i];
      tape[share + Remembered.label(work, labels, i)] += tape[weight + i];
    }
    for (int i = 0; i < taken; i++) {
      tape[weight + i] /= sum;
    }
    for (int j = share; j < weight; j++) {
      tape[j] = PRIOR + (sum > 0 ? tape[j] / sum : 0);
    }
  }

  private float squaredDistance(final Work work, final float[] x, final int from, final int row) {
    final int d = work.inputs();
    float sum = LEAST;
    for (int k = 0; k < d; k++) {
      final float difference = x[from + k] - work.memory()[row * d + k];
      sum += difference * difference;
    }
    return sum;
  }

  /** Remembers the rows once it has learned from them. */
  @Override
  public void backward(
      final Work work,
      final float[] x,
      final int[] labels,
      final int rows,
      final float[] outGradient,
      final float[] inputGradient) {
    final int c = work.outputs();
    final int stride = tape(work.inputs(), c);
    final float factor = factor(work);
    float sum = 0;
    for (int i = 0; i < rows * c; i++) {
      sum += outGradient[i] * factor * work.tape()[i / c * stride + i % c];
    }
    work.gradient()[0] = sum;
    work.gradient()[1] = 0;
    final int taken = Remembered.count(work, remembered);
    for (int r = 0; r < rows; r++) {
      throughWeights(work, x, r, taken, outGradient, inputGradient);
    }
    for (int r = 0; r < rows; r++) {
      Remembered.add(work, x, r, labels[r], remembered);
    }
  }

  /**
   * The logarithm of a class's share changes with each row's weight, and that with its distance.
   */
  private void throughWeights(
      final Work work,
      final float[] x,
      final int row,
      final int taken,
      final float[] g,
      final float[] to) {
    final int d = work.inputs();
    final int c = work.outputs();
    final float[] memory = work.memory();
    final float[] tape = work.tape();
    final int share = row * tape(d, c) + c;
    final int weight = share + c;
    final int half = weight + remembered;
    final int labels = work.memoryAt("labels");
    float mean = 0;
    for (int i = 0; i < taken; i++) {
      final int j = Remembered.label(work, labels, i);
      mean += tape[weight + i] * g[row * c + j] / tape[share + j];
    }
    final float factor = factor(work);
    final float power = (float) power(work);
    for (int k = row * d; to != null && k < (row + 1) * d; k++) {
      to[k] = 0;
    }
    for (int i = 0; i < taken; i++) {
      final int j = Remembered.label(work, labels, i);
      final float own = g[row * c + j] / tape[share + j] - mean;
      final float through = power * factor * tape[weight + i] * own;
      work.gradient()[1] -= through * tape[half + i];
      if (to != null) {
        final float distance = squaredDistance(work, x, row * d, i);
        for (int k = 0; k < d; k++) {
          to[row * d + k] -= through / distance * (x[row * d + k] - memory[i * d + k]);
        }
      }
    }
  }

  @Override
  public String text() {
    return "window(" + remembered + ")";
  }
}
