package dev.braid.experts.moe.kind;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Products;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * Experts that are modulations of one net: each scales and shifts the hidden units of a network
 * with one hidden layer of ReLU units that all of them share (Zhang et al. 2024, "Efficient
 * Deweather Mixture-of-Experts with Uncertainty-aware Feature-wise Linear Modulation"; FiLM, Perez
 * et al. 2018). With u the shared units, expert e says {@code W2 ((1 + s_e) u + t_e) + b2}.
 *
 * @param hidden units that are shared
 */
public record Film(int hidden) implements Kind {
  static final Word<Kind> WORD =
      new Word<>(
          "film",
          "Scales and shifts the hidden units of a network that all experts of the kind share.",
          List.of(new Option("hidden", "64", "Hidden units, 1 to 65536.")),
          options -> new Film(options.integer("hidden", 1, 65_536)));

  /** Experts begin different, or the gate would have nothing to tell apart. */
  private static final double FIRST = 0.5;

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    return List.of(
        Tensor.of("scale", FIRST, Axis.units(hidden)),
        Tensor.of("shift", FIRST, Axis.units(hidden)));
  }

  @Override
  public List<Tensor> shared(final int inputs, final int outputs) {
    return new Mlp(hidden).tensors(inputs, outputs);
  }

  /** The shared units. */
  @Override
  public int tape(final int inputs, final int outputs) {
    return hidden;
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    final Products products = work.products();
    final float[] shared = work.shared();
    final float[] units = work.tape();
    final int w1 = work.sharedAt("w1");
    products.affine(rows, hidden, work.inputs(), x, shared, w1, work.sharedAt("b1"), units);
    Mlp.rectify(units, rows * hidden);
    final float[] own = work.scratch(rows * hidden);
    modulate(work, rows, own);
    final int w2 = work.sharedAt("w2");
    products.affine(rows, work.outputs(), hidden, own, shared, w2, work.sharedAt("b2"), out);
  }

  private void modulate(final Work work, final int rows, final float[] own) {
    final float[] units = work.tape();
    final int scale = work.at("scale");
    final int shift = work.at("shift");
    for (int r = 0; r < rows * hidden; r += hidden) {
      for (int j = 0; j < hidden; j++) {
        own[r + j] = (1 + work.theta()[scale + j]) * units[r + j] + work.theta()[shift + j];
      }
    }
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
    final float[] shared = work.shared();
    final int w1 = work.sharedAt("w1");
    final int w2 = work.sharedAt("w2");
    // The expert's units, then their gradient, then that of one of the shared matrices.
    final int gradientAt = rows * hidden;
    final int matrixAt = 2 * gradientAt;
    final float[] scratch = work.scratch(matrixAt + hidden * Math.max(c, d));
    modulate(work, rows, scratch);
    products.transposedTimes(c, hidden, rows, outGradient, 0, scratch, 0, scratch, matrixAt);
    add(scratch, matrixAt, c * hidden, work.sharedGradient(), w2);
    products.columnSums(rows, c, outGradient, 0, scratch, matrixAt);
    add(scratch, matrixAt, c, work.sharedGradient(), work.sharedAt("b2"));
    products.times(rows, hidden, c, outGradient, 0, shared, w2, scratch, gradientAt);
    ownBackward(work, rows, scratch, gradientAt);
    products.transposedTimes(hidden, d, rows, scratch, gradientAt, x, 0, scratch, matrixAt);
    add(scratch, matrixAt, hidden * d, work.sharedGradient(), w1);
    products.columnSums(rows, hidden, scratch, gradientAt, scratch, matrixAt);
    add(scratch, matrixAt, hidden, work.sharedGradient(), work.sharedAt("b1"));
    if (inputGradient != null) {
      products.times(rows, d, hidden, scratch, gradientAt, shared, w1, inputGradient, 0);
    }
  }

  /** The gradient of scale and shift; that of the expert's units becomes that before the ReLU. */
  private void ownBackward(
      final Work work, final int rows, final float[] unitGradient, final int at) {
    final float[] units = work.tape();
    final float[] gradient = work.gradient();
    final int scale = work.at("scale");
    final int shift = work.at("shift");
    Arrays.fill(gradient, 0, 2 * hidden, 0);
    for (int r = 0; r < rows * hidden; r += hidden) {
      for (int j = 0; j < hidden; j++) {
        final float g = unitGradient[at + r + j];
        gradient[scale + j] += g * units[r + j];
        gradient[shift + j] += g;
        unitGradient[at + r + j] = units[r + j] > 0 ? (1 + work.theta()[scale + j]) * g : 0;
      }
    }
  }

  /** Adds a stretch of numbers to another. */
  static void add(
      final float[] values, final int from, final int length, final float[] to, final int at) {
    for (int i = 0; i < length; i++) {
      to[at + i] += values[from + i];
    }
  }

  @Override
  public String text() {
    return "film(" + hidden + ")";
  }
}
