package dev.braid.experts.moe.kind;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import dev.braid.spec.Term;
import java.util.List;

/**
 * A kind that sees one group of the inputs alone. A pool of such experts for each group beside
 * others that see all is one of experts within a modality and across them (MoIIE, Wang et al. 2025,
 * "Mixture of Intra- and Inter-Modality Experts for Large Vision Language Models", with groups of
 * features for modalities). Inputs go to the groups in turn, so many of them at a time, so that one
 * that is added changes no other's group. The expert computes with zeros for the weights of what it
 * does not see, and these never learn.
 *
 * @param of the kind: mlp, linear or kan, whose every input has weights of its own
 * @param part which group it sees, from 0
 * @param parts groups
 * @param run inputs one after another that go to one group
 */
public record View(Kind of, int part, int parts, int run) implements Kind {
  static final Word<Kind> WORD =
      new Word<>(
          "view",
          "A kind that sees one group of the inputs alone.",
          List.of(
              new Option("of", "mlp(32)", "The kind: mlp, linear or kan."),
              new Option("part", "0", "The group that it sees, from 0."),
              new Option("parts", "2", "Groups, 1 to 1024."),
              new Option("run", "1", "Inputs one after another in a group, 1 to 65536.")),
          options -> {
            final Kind of = Word.make(Kinds.ALL, Term.parse(options.text("of")));
            if (!(of instanceof Mlp || of instanceof Linear || of instanceof Kan)) {
              throw options.bad("of", "mlp, linear or kan");
            }
            final int parts = options.integer("parts", 1, 1024);
            return new View(
                of,
                options.integer("part", 0, parts - 1),
                parts,
                options.integer("run", 1, 65_536));
          });

  @Override
  public Kind sized(final int inputs) {
    return new View(of.sized(inputs), part, parts, run);
  }

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    return of.tensors(inputs, outputs);
  }

  @Override
  public int tape(final int inputs, final int outputs) {
    return of.tape(inputs, outputs);
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    System.arraycopy(work.theta(), 0, work.spare(), 0, work.layout().size());
    hide(work, work.theta());
    of.forward(work, x, rows, learning, out);
    System.arraycopy(work.spare(), 0, work.theta(), 0, work.layout().size());
  }

  @Override
  public void backward(
      final Work work,
      final float[] x,
      final int[] labels,
      final int rows,
      final float[] outGradient,
      final float[] inputGradient) {
    System.arraycopy(work.theta(), 0, work.spare(), 0, work.layout().size());
    hide(work, work.theta());
    of.backward(work, x, labels, rows, outGradient, inputGradient);
    System.arraycopy(work.spare(), 0, work.theta(), 0, work.layout().size());
    hide(work, work.gradient());
  }

  private boolean sees(final int input) {
    return input / run % parts == part;
  }

  /** Makes zeros of all that belongs to inputs outside of the view. */
  private void hide(final Work work, final float[] values) {
    final List<Tensor> tensors = work.layout().tensors();
    final int d = work.inputs();
    for (int t = 0; t < tensors.size(); t++) {
      final List<Axis> axes = tensors.get(t).axes();
      final int along = axes.indexOf(Axis.IN);
      int stride = 1;
      for (int a = along + 1; along >= 0 && a < axes.size(); a++) {
        stride *= axes.get(a).length(d, work.outputs());
      }
      final int from = work.at(tensors.get(t).name());
      final int end = from + work.layout().sizeOf(tensors.get(t).name());
      for (int at = from; along >= 0 && at < end; at += d * stride) {
        hide(values, at, stride, d);
      }
    }
  }

  private void hide(final float[] values, final int at, final int stride, final int d) {
    for (int i = 0; i < d; i++) {
      for (int k = 0; !sees(i) && k < stride; k++) {
        values[at + i * stride + k] = 0;
      }
    }
  }

  @Override
  public String text() {
    return "view(" + of.text() + "," + part + "," + parts + "," + run + ")";
  }
}
