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
 * Experts that are trees of residuals over one linear map that all of them share: the residual of
 * an expert, of low rank, takes those of the order below it in, which all experts share and each
 * chooses by a router of its own, {@code y = W x + c + P relu(A x + b + sum_i g_i P_i A_i x)}, so
 * that few matrices make as many experts as there are ways to put them together (S'MoRE, Zeng et
 * al. 2025, "Structural Mixture of Residual Experts for LLM Fine-tuning"; two orders). P and the
 * shared P_i begin with zeros and small numbers, so that all begin near the map that they share.
 *
 * @param rank of an expert's own residual
 * @param leaves residuals of the order below
 * @param chosen of them for a row
 * @param leafRank of these
 */
public record ResidualTree(int rank, int leaves, int chosen, int leafRank) implements Kind {
  static final Word<Kind> WORD =
      new Word<>(
          "residual-tree",
          "A residual of low rank over a shared map, which takes shared residuals in that it"
              + " chooses.",
          List.of(
              new Option("rank", "16", "Of an expert's own residual, 1 to 1024."),
              new Option("leaves", "8", "Residuals that all experts share, 1 to 1024."),
              new Option("chosen", "2", "Of them for a row, 1 to as many as there are."),
              new Option("leaf-rank", "2", "Of these, 1 to 1024.")),
          options -> {
            final int leaves = options.integer("leaves", 1, 1024);
            return new ResidualTree(
                options.integer("rank", 1, 1024),
                leaves,
                options.integer("chosen", 1, leaves),
                options.integer("leaf-rank", 1, 1024));
          });

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    final double small = Math.sqrt(3.0 / inputs);
    return List.of(
        Tensor.of("router", small, Axis.of(leaves), Axis.IN),
        Tensor.of("down", Math.sqrt(6.0 / inputs), Axis.units(rank), Axis.IN),
        Tensor.zeros("b", Axis.units(rank)),
        Tensor.zeros("up", Axis.OUT, Axis.units(rank)),
        Tensor.zeros("c", Axis.OUT));
  }

  @Override
  public List<Tensor> shared(final int inputs, final int outputs) {
    final double small = Math.sqrt(3.0 / inputs);
    return List.of(
        Tensor.of("w", Math.sqrt(6.0 / (inputs + outputs)), Axis.OUT, Axis.IN),
        Tensor.of("a", small, Axis.of(leaves), Axis.of(leafRank), Axis.IN),
        Tensor.of("p", 0.1, Axis.of(leaves), Axis.of(rank), Axis.of(leafRank)));
  }

  /** All that is its own, the trunk, and of the leaves those that are chosen. */
  @Override
  public long activeParameters(final int inputs, final int outputs) {
    return Tensor.size(tensors(inputs, outputs), inputs, outputs)
        + (long) outputs * inputs
        + (long) chosen * leafRank * (inputs + rank);
  }

  /** What the own residual is narrow. */
  @Override
  public int tape(final int inputs, final int outputs) {
    return rank;
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    final int d = work.inputs();
    final int c = work.outputs();
    final float[] theta = work.theta();
    final float[] units = work.tape();
    work.products().affine(rows, rank, d, x, theta, work.at("down"), work.at("b"), units);
    final float[] scratch = work.scratch(Adapters.room(leaves, chosen, leafRank));
    final int router = work.at("router");
    for (int r = 0; r < rows; r++) {
      Adapters.forward(
          work, theta, router, leaves, chosen, leafRank, rank, x, r, units, r * rank, scratch, 0);
    }
    Mlp.rectify(units, rows * rank);
    work.products().affine(rows, c, rank, units, theta, work.at("up"), work.at("c"), out);
    final int w = work.sharedAt("w");
    work.products().timesTransposed(rows, c, d, x, 0, work.shared(), w, true, out, 0);
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
    final float[] theta = work.theta();
    final float[] gradient = work.gradient();
    final int matrix = rows * rank;
    final int room = matrix + Math.max(c, rows) * d;
    final float[] scratch = work.scratch(room + Adapters.room(leaves, chosen, leafRank));
    Arrays.fill(gradient, work.at("router"), work.at("router") + leaves * d, 0);
    work.products().transposedTimes(c, d, rows, outGradient, 0, x, 0, scratch, matrix);
    Film.add(scratch, matrix, c * d, work.sharedGradient(), work.sharedAt("w"));
    work.products().columnSums(rows, c, outGradient, 0, gradient, work.at("c"));
    work.products()
        .transposedTimes(c, rank, rows, outGradient, 0, work.tape(), 0, gradient, work.at("up"));
    work.products().times(rows, rank, c, outGradient, 0, theta, work.at("up"), scratch, 0);
    OwnLoss.mask(scratch, 0, work.tape(), rows * rank);
    work.products().transposedTimes(rank, d, rows, scratch, 0, x, 0, gradient, work.at("down"));
    work.products().columnSums(rows, rank, scratch, 0, gradient, work.at("b"));
    if (inputGradient != null) {
      final int w = work.sharedAt("w");
      work.products().times(rows, d, c, outGradient, 0, work.shared(), w, inputGradient, 0);
      work.products().times(rows, d, rank, scratch, 0, theta, work.at("down"), scratch, matrix);
      Film.add(scratch, matrix, rows * d, inputGradient, 0);
    }
    for (int r = 0; r < rows; r++) {
      Adapters.backward(
          work,
          theta,
          gradient,
          work.at("router"),
          leaves,
          chosen,
          leafRank,
          rank,
          x,
          r,
          scratch,
          r * rank,
          inputGradient,
          scratch,
          room);
    }
  }

  @Override
  public String text() {
    return "residual-tree(" + rank + "," + leaves + "," + chosen + "," + leafRank + ")";
  }
}
