package dev.braid.experts.moe.kind;

import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import dev.braid.spec.Term;
import java.util.List;

/**
 * Any kind with weights of three values: each array of two axes or more computes with {-1, 0, 1}
 * times its mean size, 0 where a weight is smaller than half of that, and the gradient of these
 * goes straight through to the weights that learn (MoTE, Wang et al. 2025, "Mixture of Ternary
 * Experts for Memory-efficient Large Multimodal Models", section 3.2: ternary routed experts beside
 * a shared one of full precision; the rounding is that of BitNet b1.58).
 *
 * @param of the kind, in full precision
 */
public record Ternary(Kind of) implements Kind {
  static final Word<Kind> WORD =
      new Word<>(
          "ternary",
          "A kind that computes with weights of three values, and learns straight through these.",
          List.of(new Option("of", "mlp(32)", "The kind of full precision.")),
          options -> new Ternary(Word.make(Kinds.ALL, Term.parse(options.text("of")))));

  @Override
  public boolean needsClasses() {
    return of.needsClasses();
  }

  @Override
  public Kind sized(final int inputs) {
    return new Ternary(of.sized(inputs));
  }

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    return of.tensors(inputs, outputs);
  }

  @Override
  public List<Tensor> shared(final int inputs, final int outputs) {
    return of.shared(inputs, outputs);
  }

  @Override
  public long activeParameters(final int inputs, final int outputs) {
    return of.activeParameters(inputs, outputs);
  }

  @Override
  public List<Tensor> memory(final int inputs, final int outputs) {
    return of.memory(inputs, outputs);
  }

  @Override
  public int recent() {
    return of.recent();
  }

  @Override
  public int tape(final int inputs, final int outputs) {
    return of.tape(inputs, outputs);
  }

  @Override
  public boolean differsWhenLearning() {
    return of.differsWhenLearning();
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    final int size = round(work);
    of.forward(work, x, rows, learning, out);
    System.arraycopy(work.spare(), 0, work.theta(), 0, size);
  }

  @Override
  public void backward(
      final Work work,
      final float[] x,
      final int[] labels,
      final int rows,
      final float[] outGradient,
      final float[] inputGradient) {
    final int size = round(work);
    of.backward(work, x, labels, rows, outGradient, inputGradient);
    System.arraycopy(work.spare(), 0, work.theta(), 0, size);
  }

  /** Puts the weights aside and their rounded values in their place; how many they are. */
  private int round(final Work work) {
    final List<Tensor> tensors = work.layout().tensors();
    final float[] theta = work.theta();
    System.arraycopy(theta, 0, work.spare(), 0, work.layout().size());
    for (int t = 0; t < tensors.size(); t++) {
      final String name = tensors.get(t).name();
      if (tensors.get(t).axes().size() > 1) {
        ternary(theta, work.at(name), work.layout().sizeOf(name));
      }
    }
    return work.layout().size();
  }

  /** Weights that are 0 because they are new do not count for the mean. */
  private static void ternary(final float[] theta, final int at, final int size) {
    double sum = 0;
    int count = 0;
    for (int i = at; i < at + size; i++) {
      sum += Math.abs(theta[i]);
      count += theta[i] == 0 ? 0 : 1;
    }
    final float mean = (float) (sum / Math.max(1, count));
    for (int i = at; i < at + size; i++) {
      theta[i] = Math.abs(theta[i]) < 0.5f * mean ? 0 : Math.copySign(mean, theta[i]);
    }
  }

  @Override
  public String text() {
    return "ternary(" + of.text() + ")";
  }
}
