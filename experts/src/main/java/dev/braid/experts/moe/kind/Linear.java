package dev.braid.experts.moe.kind;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Products;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import java.util.List;

/** Logits that are linear in the inputs (Jacobs et al. 1991): what cuts the space is the gate. */
public record Linear() implements Kind {
  static final Word<Kind> WORD =
      new Word<>("linear", "Logits that are linear in the inputs.", List.of(), o -> new Linear());

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    return List.of(
        Tensor.of("w", Math.sqrt(6.0 / (inputs + outputs)), Axis.OUT, Axis.IN),
        Tensor.zeros("b", Axis.OUT));
  }

  @Override
  public int tape(final int inputs, final int outputs) {
    return 0;
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    work.products()
        .affine(rows, work.outputs(), work.inputs(), x, work.theta(), 0, work.at("b"), out);
  }

  @Override
  public void backward(
      final Work work,
      final float[] x,
      final int[] labels,
      final int rows,
      final float[] outGradient,
      final float[] inputGradient) {
    final int c = work.outputs();
    final Products products = work.products();
    products.transposedTimes(c, work.inputs(), rows, outGradient, 0, x, 0, work.gradient(), 0);
    products.columnSums(rows, c, outGradient, 0, work.gradient(), work.at("b"));
    if (inputGradient != null) {
      products.times(rows, work.inputs(), c, outGradient, 0, work.theta(), 0, inputGradient, 0);
    }
  }

  @Override
  public String text() {
    return "linear";
  }
}
