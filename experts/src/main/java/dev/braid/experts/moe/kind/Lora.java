package dev.braid.experts.moe.kind;

import dev.braid.experts.CounterRandom;
import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Products;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import java.util.List;

/**
 * Experts that are pieces of low rank over one net that all of them share: both matrices are {@code
 * W + B_e A_e} with W shared (LoRA, Hu et al. 2022, section 4.1; as experts behind a gate in
 * LoRAMoE, Dou et al. 2024, LLaVA-MoLE, Chen et al. 2024, and Mixture-of-Domain-Adapters, Diao et
 * al. 2023). B begins with zeros, so that all begin as the shared net is. That net may be frozen
 * once an expert has learned so many steps, which is where those papers begin. A piece may be cut
 * into parts of its rank, one of which, drawn anew each time, is there while it learns; for an
 * answer all are put together (MoSA, Zhang et al. 2023, "Split and Merge: Unlocking the Potential
 * of Visual Adapters via Sparse Training", which cuts by single weights).
 *
 * @param hidden units
 * @param rank of the pieces
 * @param freeze steps of an expert after which it teaches the shared net no more; 0 for never
 * @param parts into which a piece is cut while it learns, 1 to the rank
 */
public record Lora(int hidden, int rank, int freeze, int parts) implements Kind {
  static final Word<Kind> WORD =
      new Word<>(
          "lora",
          "Pieces of low rank over one net that all experts of the kind share.",
          List.of(
              new Option("hidden", "64", "Hidden units, 1 to 65536."),
              new Option("rank", "4", "Of the pieces, 1 to 1024."),
              new Option(
                  "freeze",
                  "0",
                  "Steps of an expert after which it teaches the shared net no more; 0 for never."),
              new Option(
                  "parts",
                  "1",
                  "Parts of a piece, one of which is there while it learns, 1 to the rank.")),
          options -> {
            final int rank = options.integer("rank", 1, 1024);
            return new Lora(
                options.integer("hidden", 1, 65_536),
                rank,
                options.integer("freeze", 0, 1 << 24),
                options.integer("parts", 1, rank));
          });

  /** Of the draws of parts. */
  private static final long SEED = 0x10a5;

  /** Steps until the draws of parts begin anew. */
  private static final int TURNS = 1 << 20;

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    return List.of(
        Tensor.of("a1", Math.sqrt(3.0 / inputs), Axis.of(rank), Axis.IN),
        Tensor.zeros("p1", Axis.units(hidden), Axis.of(rank)),
        Tensor.of("a2", Math.sqrt(3.0 / hidden), Axis.of(rank), Axis.units(hidden)),
        Tensor.zeros("p2", Axis.OUT, Axis.of(rank)));
  }

  @Override
  public List<Tensor> shared(final int inputs, final int outputs) {
    return new Mlp(hidden).tensors(inputs, outputs);
  }

  /** Steps that it has learned, as far as they count, and the draws of parts. */
  @Override
  public List<Tensor> memory(final int inputs, final int outputs) {
    return freeze == 0 && parts == 1
        ? List.of()
        : List.of(Tensor.zeros("steps", Axis.of(1)), Tensor.zeros("turn", Axis.of(1)));
  }

  @Override
  public boolean differsWhenLearning() {
    return parts > 1;
  }

  @Override
  public int tape(final int inputs, final int outputs) {
    return hidden;
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    final float[] units = work.tape();
    layer(work, rows, learning, x, work.inputs(), hidden, "w1", "b1", "a1", "p1", units);
    Mlp.rectify(units, rows * hidden);
    layer(work, rows, learning, units, hidden, work.outputs(), "w2", "b2", "a2", "p2", out);
  }

  private void layer(
      final Work work,
      final int rows,
      final boolean learning,
      final float[] from,
      final int in,
      final int length,
      final String w,
      final String b,
      final String a,
      final String p,
      final float[] to) {
    final Products products = work.products();
    final float[] narrow = work.scratch(rows * rank);
    products.affine(rows, length, in, from, work.shared(), work.sharedAt(w), work.sharedAt(b), to);
    products.timesTransposed(rows, rank, in, from, 0, work.theta(), work.at(a), false, narrow, 0);
    if (learning) {
      cut(work, rows, narrow, 0);
    }
    products.timesTransposed(rows, length, rank, narrow, 0, work.theta(), work.at(p), true, to, 0);
  }

  /** Leaves zeros of all parts but the one that is there. */
  private void cut(final Work work, final int rows, final float[] narrow, final int at) {
    if (parts == 1) {
      return;
    }
    final int part = CounterRandom.below(parts, SEED, (long) work.memory()[1]);
    for (int i = 0; i < rows * rank; i++) {
      narrow[at + i] = i % rank % parts == part ? narrow[at + i] : 0;
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
    final int unit = 2 * rows * rank;
    final int matrix = unit + rows * hidden;
    final float[] scratch =
        work.scratch(matrix + hidden * Math.max(c, d) + rows * Math.max(hidden, d));
    throughLayer(work, rows, work.tape(), hidden, c, outGradient, 0, 2, scratch, matrix, unit);
    OwnLoss.mask(scratch, unit, work.tape(), rows * hidden);
    throughLayer(work, rows, x, d, hidden, scratch, unit, 1, scratch, matrix, -1);
    if (inputGradient != null) {
      final Products products = work.products();
      final int w1 = work.sharedAt("w1");
      products.times(rows, d, hidden, scratch, unit, work.shared(), w1, inputGradient, 0);
      final int room = matrix;
      products.times(
          rows, d, rank, scratch, rows * rank, work.theta(), work.at("a1"), scratch, room);
      Film.add(scratch, room, rows * d, inputGradient, 0);
    }
    if (freeze > 0) {
      work.memory()[0] = Math.min(freeze, work.memory()[0] + 1);
    }
    if (parts > 1) {
      work.memory()[1] = (work.memory()[1] + 1) % TURNS;
    }
  }

  private boolean isFrozen(final Work work) {
    return freeze > 0 && work.memory()[0] >= freeze;
  }

  /**
   * Leaves the gradient of what the pieces make of the rows behind the first of so many, and that
   * of the layer's inputs at an offset, where it is not below 0.
   */
  private void throughLayer(
      final Work work,
      final int rows,
      final float[] from,
      final int in,
      final int length,
      final float[] g,
      final int at,
      final int number,
      final float[] scratch,
      final int matrix,
      final int inputs) {
    final Products products = work.products();
    final float[] theta = work.theta();
    final float[] gradient = work.gradient();
    final int narrow = rows * rank;
    final int a = work.at(number == 1 ? "a1" : "a2");
    final int p = work.at(number == 1 ? "p1" : "p2");
    final int w = work.sharedAt(number == 1 ? "w1" : "w2");
    products.timesTransposed(rows, rank, in, from, 0, theta, a, false, scratch, 0);
    cut(work, rows, scratch, 0);
    products.transposedTimes(length, rank, rows, g, at, scratch, 0, gradient, p);
    products.times(rows, rank, length, g, at, theta, p, scratch, narrow);
    cut(work, rows, scratch, narrow);
    products.transposedTimes(rank, in, rows, scratch, narrow, from, 0, gradient, a);
    if (!isFrozen(work)) {
      products.transposedTimes(length, in, rows, g, at, from, 0, scratch, matrix);
      Film.add(scratch, matrix, length * in, work.sharedGradient(), w);
      products.columnSums(rows, length, g, at, scratch, matrix);
      final int b = work.sharedAt(number == 1 ? "b1" : "b2");
      Film.add(scratch, matrix, length, work.sharedGradient(), b);
    }
    if (inputs >= 0) {
      products.times(rows, in, length, g, at, work.shared(), w, scratch, inputs);
      products.times(rows, in, rank, scratch, narrow, theta, a, scratch, matrix);
      for (int i = 0; i < rows * in; i++) {
        scratch[inputs + i] += scratch[matrix + i];
      }
    }
  }

  @Override
  public String text() {
    return "lora(" + hidden + "," + rank + "," + freeze + "," + parts + ")";
  }
}
