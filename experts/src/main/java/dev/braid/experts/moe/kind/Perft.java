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
 * Experts beside which stand adapters with a router of their own: all experts of the kind share a
 * few adapters of low rank and the linear scores that choose among them, and add to what they say
 * {@code sum_a g_a P_a A_a x} over the adapters of the largest scores, with g their softmax. Where
 * the weights of a row's experts sum to 1, that is the same as adapters beside the whole mixture
 * (PERFT-R, Liu et al. 2024, "PERFT: Parameter-Efficient Routed Fine-Tuning for Mixture-of-Expert
 * Model"). P begins with zeros. An expert learns no more once it has learned so many steps, which
 * is where that paper begins; the adapters go on.
 *
 * @param hidden units of an expert
 * @param rank of the adapters
 * @param adapters that there are
 * @param chosen of them for a row
 * @param freeze steps after which an expert learns no more; 0 for never
 */
public record Perft(int hidden, int rank, int adapters, int chosen, int freeze) implements Kind {
  static final Word<Kind> WORD =
      new Word<>(
          "perft",
          "A net, and beside all of them adapters of low rank with a router of their own.",
          List.of(
              new Option("hidden", "32", "Hidden units of an expert, 1 to 65536."),
              new Option("rank", "2", "Of the adapters, 1 to 1024."),
              new Option("adapters", "4", "Adapters that all experts share, 1 to 1024."),
              new Option("chosen", "1", "Adapters of a row, 1 to as many as there are."),
              new Option(
                  "freeze", "500", "Steps after which an expert learns no more; 0 for never.")),
          options -> {
            final int adapters = options.integer("adapters", 1, 1024);
            return new Perft(
                options.integer("hidden", 1, 65_536),
                options.integer("rank", 1, 1024),
                adapters,
                options.integer("chosen", 1, adapters),
                options.integer("freeze", 0, 1 << 24));
          });

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    return new Mlp(hidden).tensors(inputs, outputs);
  }

  @Override
  public List<Tensor> shared(final int inputs, final int outputs) {
    final Axis each = Axis.of(adapters);
    final double small = Math.sqrt(3.0 / inputs);
    return List.of(
        Tensor.of("router", small, each, Axis.IN),
        Tensor.of("a", small, each, Axis.of(rank), Axis.IN),
        Tensor.zeros("p", each, Axis.OUT, Axis.of(rank)));
  }

  /** The net, the router, and of the adapters those that are chosen. */
  @Override
  public long activeParameters(final int inputs, final int outputs) {
    return Tensor.size(tensors(inputs, outputs), inputs, outputs)
        + (long) adapters * inputs
        + (long) chosen * rank * (inputs + outputs);
  }

  /** Steps that it has learned, as far as they count. */
  @Override
  public List<Tensor> memory(final int inputs, final int outputs) {
    return freeze == 0 ? List.of() : List.of(Tensor.zeros("steps", Axis.of(1)));
  }

  @Override
  public int tape(final int inputs, final int outputs) {
    return hidden;
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    Mlp.forward(work, hidden, x, rows, out);
    final int c = work.outputs();
    final int router = work.sharedAt("router");
    final float[] scratch = work.scratch(Adapters.room(adapters, chosen, rank));
    for (int r = 0; r < rows; r++) {
      Adapters.forward(
          work, work.shared(), router, adapters, chosen, rank, c, x, r, out, r * c, scratch, 0);
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
    Mlp.backward(work, hidden, x, rows, outGradient, inputGradient);
    if (freeze > 0) {
      if (work.memory()[0] >= freeze) {
        Arrays.fill(work.gradient(), 0, work.layout().size(), 0);
      }
      work.memory()[0] = Math.min(freeze, work.memory()[0] + 1);
    }
    final int c = work.outputs();
    final int router = work.sharedAt("router");
    final float[] scratch = work.scratch(Adapters.room(adapters, chosen, rank));
    for (int r = 0; r < rows; r++) {
      Adapters.backward(
          work,
          work.shared(),
          work.sharedGradient(),
          router,
          adapters,
          chosen,
          rank,
          c,
          x,
          r,
          outGradient,
          r * c,
          inputGradient,
          scratch,
          0);
    }
  }

  @Override
  public String text() {
    return "perft(" + hidden + "," + rank + "," + adapters + "," + chosen + "," + freeze + ")";
  }
}
