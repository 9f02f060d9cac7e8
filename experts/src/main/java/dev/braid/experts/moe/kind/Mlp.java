package dev.braid.experts.moe.kind;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Products;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import java.util.List;

/**
 * One hidden layer of ReLU units. Both matrices have one row per output unit, so that all products
 * read them along their rows.
 *
 * @param hidden units; 0 to choose by the number of inputs
 */
public record Mlp(int hidden) implements Kind {
  /** Inputs up to which an expert has the larger of the two default sizes. */
  private static final int FEW_INPUTS = 64;

  static final Word<Kind> WORD =
      new Word<>(
          "mlp",
          "One hidden layer of ReLU units.",
          List.of(
              new Option(
                  "hidden",
                  "0",
                  "Hidden units, 1 to 65536; 0 for 64, or 32 where there are more than 64 inputs.")),
          options -> new Mlp(options.integer("hidden", 0, 65_536)));

  @Override
  public Kind sized(final int inputs) {
    return hidden > 0 ? this : new Mlp(inputs > FEW_INPUTS ? 32 : 64);
  }

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    return List.of(
        Tensor.of("w1", Math.sqrt(6.0 / inputs), Axis.units(hidden), Axis.IN),
        Tensor.zeros("b1", Axis.units(hidden)),
        Tensor.of("w2", Math.sqrt(6.0 / (hidden + outputs)), Axis.OUT, Axis.units(hidden)),
        Tensor.zeros("b2", Axis.OUT));
  }

  @Override
  public int tape(final int inputs, final int outputs) {
    return hidden;
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    forward(work, hidden, x, rows, out);
  }

  /** The same for a kind that has such a net among other things. */
  static void forward(
      final Work work, final int hidden, final float[] x, final int rows, final float[] out) {
    final Products products = work.products();
    final float[] theta = work.theta();
    final float[] units = work.tape();
    products.affine(rows, hidden, work.inputs(), x, theta, work.at("w1"), work.at("b1"), units);
    rectify(units, rows * hidden);
    products.affine(rows, work.outputs(), hidden, units, theta, work.at("w2"), work.at("b2"), out);
  }

  @Override
  public void backward(
      final Work work,
      final float[] x,
      final int[] labels,
      final int rows,
      final float[] outGradient,
      final float[] inputGradient) {
    backward(work, hidden, x, rows, outGradient, inputGradient);
  }

  /** The same for a kind that has such a net among other things. */
  static void backward(
      final Work work,
      final int hidden,
      final float[] x,
      final int rows,
      final float[] outGradient,
      final float[] inputGradient) {
    final int d = work.inputs();
    final int c = work.outputs();
    final int w2 = work.at("w2");
    final Products products = work.products();
    final float[] units = work.tape();
    final float[] gradient = work.gradient();
    final float[] unitGradient = work.scratch(rows * hidden);
    products.transposedTimes(c, hidden, rows, outGradient, 0, units, 0, gradient, w2);
    products.columnSums(rows, c, outGradient, 0, gradient, work.at("b2"));
    products.times(rows, hidden, c, outGradient, 0, work.theta(), w2, unitGradient, 0);
    mask(unitGradient, units, rows * hidden);
    products.transposedTimes(hidden, d, rows, unitGradient, 0, x, 0, gradient, work.at("w1"));
    products.columnSums(rows, hidden, unitGradient, 0, gradient, work.at("b1"));
    if (inputGradient != null) {
      products.times(
          rows, d, hidden, unitGradient, 0, work.theta(), work.at("w1"), inputGradient, 0);
    }
  }

  /** ReLU: (v + |v|) / 2 is exact, and the JIT compiler makes vector instructions of it. */
  static void rectify(final float[] values, final int length) {
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

  @Override
  public String text() {
    return "mlp(" + hidden + ")";
  }
}
