package dev.braid.experts.moe.kind;

import dev.braid.experts.CounterRandom;
import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Products;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import java.util.List;

/**
 * One hidden layer of ReLU units that learns from two passes forward: the second one sees the row
 * plus the error of the first, projected by a fixed random matrix F, and the difference of the
 * units stands for their gradient (PEPITA, Dellaferrera and Kreiman 2022; Srinivasan et al. 2023,
 * "Forward Learning with Top-Down Feedback", section 2). With h the units of the first pass and h'
 * those of the second on {@code x' = x + F e}, the step of the first layer is {@code (h - h')
 * x'^T}, that of the output layer {@code e h'^T}.
 *
 * @param hidden units
 */
public record Pepita(int hidden) implements Kind {
  /** Seed of the matrix F. */
  private static final long FEEDBACK = 0x9e9174L;

  static final Word<Kind> WORD =
      new Word<>(
          "pepita",
          "Learns from a second pass forward that sees the error added to the row.",
          List.of(new Option("hidden", "32", "Hidden units, 1 to 65536.")),
          options -> new Pepita(options.integer("hidden", 1, 65_536)));

  @Override
  public boolean needsClasses() {
    return true;
  }

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    return new Mlp(hidden).tensors(inputs, outputs);
  }

  @Override
  public int tape(final int inputs, final int outputs) {
    return hidden;
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    units(work, x, rows, work.tape());
    work.products()
        .affine(
            rows,
            work.outputs(),
            hidden,
            work.tape(),
            work.theta(),
            work.at("w2"),
            work.at("b2"),
            out);
  }

  private void units(final Work work, final float[] x, final int rows, final float[] units) {
    work.products().affine(rows, hidden, work.inputs(), x, work.theta(), 0, work.at("b1"), units);
    Mlp.rectify(units, rows * hidden);
  }

  /** An element of F: its size is that of the paper, {@code 0.1 sqrt(6 / d)} times at most 1. */
  private static float feedback(final int input, final int output, final int inputs) {
    final double uniform = 2 * CounterRandom.unit(FEEDBACK + output, input) - 1;
    return (float) (0.1 * Math.sqrt(6.0 / inputs) * uniform);
  }

  @Override
  public void backward(
      final Work work,
      final float[] x,
      final int[] labels,
      final int rows,
      final float[] outGradient,
      final float[] inputGradient) {
    final int d = work.inputs();
    final int c = work.outputs();
    final Products products = work.products();
    final float[] gradient = work.gradient();
    final int w2 = work.at("w2");
    // The units of the second pass, the rows that it sees, then the errors.
    final int seen = rows * hidden;
    final int error = seen + rows * d;
    final float[] scratch = work.scratch(error + rows * c);
    for (int r = 0; r < rows; r++) {
      System.arraycopy(work.theta(), work.at("b2"), scratch, error + r * c, c);
    }
    products.timesTransposed(
        rows, c, hidden, work.tape(), 0, work.theta(), w2, true, scratch, error);
    OwnLoss.gradient(scratch, error, labels, rows, c);
    for (int i = 0; i < rows * d; i++) {
      float sum = 0;
      for (int j = 0; j < c; j++) {
        // The error of a row, not its share of the mean.
        sum += feedback(i % d, j, d) * rows * scratch[error + i / d * c + j];
      }
      scratch[seen + i] = x[i] + sum;
    }
    for (int r = 0; r < rows; r++) {
      System.arraycopy(work.theta(), work.at("b1"), scratch, r * hidden, hidden);
    }
    products.timesTransposed(rows, hidden, d, scratch, seen, work.theta(), 0, true, scratch, 0);
    Mlp.rectify(scratch, rows * hidden);
    products.transposedTimes(c, hidden, rows, scratch, error, scratch, 0, gradient, w2);
    products.columnSums(rows, c, scratch, error, gradient, work.at("b2"));
    for (int i = 0; i < rows * hidden; i++) {
      scratch[i] = (work.tape()[i] - scratch[i]) / rows;
    }
    products.transposedTimes(hidden, d, rows, scratch, 0, scratch, seen, gradient, 0);
    products.columnSums(rows, hidden, scratch, 0, gradient, work.at("b1"));
    OwnLoss.noGradient(inputGradient, rows * d);
  }

  @Override
  public String text() {
    return "pepita(" + hidden + ")";
  }
}
