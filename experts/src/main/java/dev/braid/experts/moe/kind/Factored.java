package dev.braid.experts.moe.kind;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Products;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import java.util.ArrayList;
import java.util.List;

/**
 * One hidden layer of ReLU units whose first matrix is a product: a projection to few numbers, and
 * a map from these to the units. With a projection of each expert's own it is the expert of
 * Autonomy-of-Experts (Lv et al. 2025, section 3.2: the score {@code norm} is the length of that
 * projection), with one that all share that of the mixture of latent experts (MoLAE, Liu et al.
 * 2025, "Beyond Standard MoE", section 3: operations are in a latent space, only the maps differ).
 *
 * @param hidden units
 * @param rank numbers between
 * @param together whether all experts of the kind share the projection
 */
public record Factored(int hidden, int rank, boolean together) implements Kind {
  static final Word<Kind> WORD =
      word("factored", "One hidden layer of units whose input weights are of low rank.", false);

  static final Word<Kind> LATENT =
      word(
          "latent",
          "One hidden layer of units over a projection that all experts of the kind share.",
          true);

  private static Word<Kind> word(final String name, final String text, final boolean together) {
    return new Word<>(
        name,
        text,
        List.of(
            new Option("hidden", "32", "Hidden units, 1 to 65536."),
            new Option("rank", "8", "Numbers that a row is projected to, 1 to 65536.")),
        options ->
            new Factored(
                options.integer("hidden", 1, 65_536),
                options.integer("rank", 1, 65_536),
                together));
  }

  private Tensor down(final int inputs) {
    return Tensor.of("down", Math.sqrt(3.0 / inputs), Axis.of(rank), Axis.IN);
  }

  private List<Tensor> own(final int outputs) {
    return List.of(
        Tensor.of("up", Math.sqrt(6.0 / rank), Axis.units(hidden), Axis.of(rank)),
        Tensor.zeros("b1", Axis.units(hidden)),
        Tensor.of("w2", Math.sqrt(6.0 / (hidden + outputs)), Axis.OUT, Axis.units(hidden)),
        Tensor.zeros("b2", Axis.OUT));
  }

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    final List<Tensor> tensors = new ArrayList<>();
    if (!together) {
      tensors.add(down(inputs));
    }
    tensors.addAll(own(outputs));
    return tensors;
  }

  @Override
  public List<Tensor> shared(final int inputs, final int outputs) {
    return together ? List.of(down(inputs)) : List.of();
  }

  /** The units; the projection is made again on the way back. */
  @Override
  public int tape(final int inputs, final int outputs) {
    return hidden;
  }

  private float[] down(final Work work) {
    return together ? work.shared() : work.theta();
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    final Products products = work.products();
    final float[] theta = work.theta();
    final float[] units = work.tape();
    final float[] latent = work.scratch(rows * rank);
    products.timesTransposed(rows, rank, work.inputs(), x, 0, down(work), 0, false, latent, 0);
    products.affine(rows, hidden, rank, latent, theta, work.at("up"), work.at("b1"), units);
    Mlp.rectify(units, rows * hidden);
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
    final int d = work.inputs();
    final int c = work.outputs();
    final int w2 = work.at("w2");
    final Products products = work.products();
    final float[] theta = work.theta();
    final float[] units = work.tape();
    final float[] gradient = work.gradient();
    // The projection and its gradient, that of the units, then that of a shared matrix.
    final int latentGradient = rows * rank;
    final int unitGradient = 2 * latentGradient;
    final int matrix = unitGradient + rows * hidden;
    final float[] scratch = work.scratch(matrix + rank * d);
    products.timesTransposed(rows, rank, d, x, 0, down(work), 0, false, scratch, 0);
    products.transposedTimes(c, hidden, rows, outGradient, 0, units, 0, gradient, w2);
    products.columnSums(rows, c, outGradient, 0, gradient, work.at("b2"));
    products.times(rows, hidden, c, outGradient, 0, theta, w2, scratch, unitGradient);
    for (int i = 0; i < rows * hidden; i++) {
      scratch[unitGradient + i] = units[i] > 0 ? scratch[unitGradient + i] : 0;
    }
    final int up = work.at("up");
    products.transposedTimes(hidden, rank, rows, scratch, unitGradient, scratch, 0, gradient, up);
    products.columnSums(rows, hidden, scratch, unitGradient, gradient, work.at("b1"));
    products.times(rows, rank, hidden, scratch, unitGradient, theta, up, scratch, latentGradient);
    if (together) {
      products.transposedTimes(rank, d, rows, scratch, latentGradient, x, 0, scratch, matrix);
      Film.add(scratch, matrix, rank * d, work.sharedGradient(), 0);
    } else {
      products.transposedTimes(rank, d, rows, scratch, latentGradient, x, 0, gradient, 0);
    }
    if (inputGradient != null) {
      products.times(rows, d, rank, scratch, latentGradient, down(work), 0, inputGradient, 0);
    }
  }

  @Override
  public String text() {
    return (together ? "latent(" : "factored(") + hidden + "," + rank + ")";
  }
}
