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
 * One hidden layer of ReLU units that learns by a loss of its own: a matrix M of its own projects
 * the units to the classes, and what cross-entropy says of that teaches M and the units; the output
 * layer learns from the layer's loss, and nothing of it goes back (Mono-Forward, Gong et al. 2025,
 * section 3).
 *
 * @param hidden units
 */
public record MonoForward(int hidden) implements Kind {
  static final Word<Kind> WORD =
      new Word<>(
          "mono-forward",
          "Hidden units that learn from a projection to the classes of their own; nothing goes"
              + " backward.",
          List.of(new Option("hidden", "32", "Hidden units, 1 to 65536.")),
          options -> new MonoForward(options.integer("hidden", 1, 65_536)));

  @Override
  public boolean needsClasses() {
    return true;
  }

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    final List<Tensor> tensors = new ArrayList<>(new Mlp(hidden).tensors(inputs, outputs));
    final double limit = Math.sqrt(6.0 / (hidden + outputs));
    tensors.add(Tensor.of("m", limit, Axis.OUT, Axis.units(hidden)));
    return tensors;
  }

  @Override
  public int tape(final int inputs, final int outputs) {
    return hidden;
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    final Products products = work.products();
    final float[] theta = work.theta();
    final float[] units = work.tape();
    products.affine(rows, hidden, work.inputs(), x, theta, 0, work.at("b1"), units);
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
    final int c = work.outputs();
    final Products products = work.products();
    final float[] units = work.tape();
    final float[] gradient = work.gradient();
    final int m = work.at("m");
    products.transposedTimes(c, hidden, rows, outGradient, 0, units, 0, gradient, work.at("w2"));
    products.columnSums(rows, c, outGradient, 0, gradient, work.at("b2"));
    final int projected = rows * hidden;
    final float[] scratch = work.scratch(projected + rows * c);
    products.timesTransposed(rows, c, hidden, units, 0, work.theta(), m, false, scratch, projected);
    OwnLoss.gradient(scratch, projected, labels, rows, c);
    products.transposedTimes(c, hidden, rows, scratch, projected, units, 0, gradient, m);
    products.times(rows, hidden, c, scratch, projected, work.theta(), m, scratch, 0);
    OwnLoss.mask(scratch, 0, units, projected);
    products.transposedTimes(hidden, work.inputs(), rows, scratch, 0, x, 0, gradient, 0);
    products.columnSums(rows, hidden, scratch, 0, gradient, work.at("b1"));
    OwnLoss.noGradient(inputGradient, rows * work.inputs());
  }

  @Override
  public String text() {
    return "mono-forward(" + hidden + ")";
  }
}
