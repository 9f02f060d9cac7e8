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
 * Experts whose weights are slices of factorised tensors: in both layers the weight of expert e
 * from input i to output o is {@code sum_r n_er out_or in_ir}, so that an expert is two vectors and
 * all the rest is shared, and very many can be asked at once (Oldfield et al. 2024, "Multilinear
 * Mixture of Experts", section 3.2.1, CP factorisation). Meant for {@code softmax}, which leaves
 * out none.
 *
 * @param hidden units between the layers
 * @param rank of both factorisations
 */
public record Multilinear(int hidden, int rank) implements Kind {
  static final Word<Kind> WORD =
      new Word<>(
          "multilinear",
          "Two layers whose weights are factorised over the experts: each has two vectors.",
          List.of(
              new Option("hidden", "32", "Hidden units, 1 to 65536."),
              new Option("rank", "16", "Of both factorisations, 1 to 65536.")),
          options ->
              new Multilinear(
                  options.integer("hidden", 1, 65_536), options.integer("rank", 1, 65_536)));

  /** Experts begin different, or the gate would have nothing to tell apart. */
  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    return List.of(Tensor.of("n1", 1.7, Axis.of(rank)), Tensor.of("n2", 1.7, Axis.of(rank)));
  }

  @Override
  public List<Tensor> shared(final int inputs, final int outputs) {
    final Axis factors = Axis.of(rank);
    return List.of(
        Tensor.of("in1", Math.sqrt(3.0 / inputs), factors, Axis.IN),
        Tensor.of("out1", Math.sqrt(6.0 / rank), Axis.units(hidden), factors),
        Tensor.zeros("b1", Axis.units(hidden)),
        Tensor.of("in2", Math.sqrt(3.0 / hidden), factors, Axis.units(hidden)),
        Tensor.of("out2", Math.sqrt(6.0 / (rank + outputs)), Axis.OUT, factors),
        Tensor.zeros("b2", Axis.OUT));
  }

  /** The units; all else is made again on the way back. */
  @Override
  public int tape(final int inputs, final int outputs) {
    return hidden;
  }

  /** What goes in of a layer, then the same times the expert's vector, for all rows. */
  private void reduce(
      final Work work,
      final int rows,
      final float[] from,
      final int length,
      final String in,
      final String own,
      final float[] to,
      final int at) {
    final int size = rows * rank;
    work.products()
        .timesTransposed(
            rows, rank, length, from, 0, work.shared(), work.sharedAt(in), false, to, at);
    final int n = work.at(own);
    for (int i = 0; i < size; i++) {
      to[at + size + i] = to[at + i] * work.theta()[n + i % rank];
    }
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    final Products products = work.products();
    final float[] units = work.tape();
    final float[] shared = work.shared();
    final int size = rows * rank;
    final float[] scratch = work.scratch(2 * size);
    reduce(work, rows, x, work.inputs(), "in1", "n1", scratch, 0);
    bias(shared, work.sharedAt("b1"), rows, hidden, units);
    products.timesTransposed(
        rows, hidden, rank, scratch, size, shared, work.sharedAt("out1"), true, units, 0);
    Mlp.rectify(units, rows * hidden);
    reduce(work, rows, units, hidden, "in2", "n2", scratch, 0);
    bias(shared, work.sharedAt("b2"), rows, work.outputs(), out);
    products.timesTransposed(
        rows, work.outputs(), rank, scratch, size, shared, work.sharedAt("out2"), true, out, 0);
  }

  private static void bias(
      final float[] theta, final int b, final int rows, final int length, final float[] to) {
    for (int r = 0; r < rows; r++) {
      System.arraycopy(theta, b, to, r * length, length);
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
    final int size = rows * rank;
    // A layer's reduced rows and their products, the gradient of these, that of the units.
    final int units = 3 * size;
    final int matrix = units + rows * hidden;
    final float[] scratch = work.scratch(matrix + Math.max(hidden, Math.max(c, d)) * rank);
    final float[] sharedGradient = work.sharedGradient();
    reduce(work, rows, work.tape(), hidden, "in2", "n2", scratch, 0);
    outward(work, rows, c, outGradient, 0, "out2", "b2", scratch, matrix);
    throughVector(work, rows, "n2", scratch);
    final Products products = work.products();
    products.transposedTimes(
        rank, hidden, rows, scratch, 2 * size, work.tape(), 0, scratch, matrix);
    Film.add(scratch, matrix, rank * hidden, sharedGradient, work.sharedAt("in2"));
    products.times(
        rows, hidden, rank, scratch, 2 * size, work.shared(), work.sharedAt("in2"), scratch, units);
    OwnLoss.mask(scratch, units, work.tape(), rows * hidden);
    reduce(work, rows, x, d, "in1", "n1", scratch, 0);
    outward(work, rows, hidden, scratch, units, "out1", "b1", scratch, matrix);
    throughVector(work, rows, "n1", scratch);
    products.transposedTimes(rank, d, rows, scratch, 2 * size, x, 0, scratch, matrix);
    Film.add(scratch, matrix, rank * d, sharedGradient, work.sharedAt("in1"));
    if (inputGradient != null) {
      products.times(
          rows, d, rank, scratch, 2 * size, work.shared(), work.sharedAt("in1"), inputGradient, 0);
    }
  }

  /** Of the factors that a layer ends with; leaves the gradient of the products behind them. */
  private void outward(
      final Work work,
      final int rows,
      final int length,
      final float[] g,
      final int at,
      final String out,
      final String bias,
      final float[] scratch,
      final int matrix) {
    final int size = rows * rank;
    final Products products = work.products();
    final int o = work.sharedAt(out);
    products.transposedTimes(length, rank, rows, g, at, scratch, size, scratch, matrix);
    Film.add(scratch, matrix, length * rank, work.sharedGradient(), o);
    products.columnSums(rows, length, g, at, scratch, matrix);
    Film.add(scratch, matrix, length, work.sharedGradient(), work.sharedAt(bias));
    products.times(rows, rank, length, g, at, work.shared(), o, scratch, 2 * size);
  }

  /** The gradient of an expert's vector; that of the products becomes that of the reduced rows. */
  private void throughVector(
      final Work work, final int rows, final String own, final float[] scratch) {
    final int size = rows * rank;
    final int n = work.at(own);
    for (int q = 0; q < rank; q++) {
      float sum = 0;
      for (int r = 0; r < rows; r++) {
        sum += scratch[2 * size + r * rank + q] * scratch[r * rank + q];
        scratch[2 * size + r * rank + q] *= work.theta()[n + q];
      }
      work.gradient()[n + q] = sum;
    }
  }

  @Override
  public String text() {
    return "multilinear(" + hidden + "," + rank + ")";
  }
}
