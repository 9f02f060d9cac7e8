package dev.braid.experts.moe.kind;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.experts.moe.net.Splines;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * Two layers whose every edge is a learned function of one number, cubic splines beside silu, and
 * whose nodes do nothing but add (KAN, Liu et al. 2024, sections 2.2 and 2.3). The grid stays where
 * it is: inputs are standardised.
 *
 * @param hidden nodes
 * @param cells of the splines' grid
 */
public record Kan(int hidden, int cells) implements Kind {
  static final Word<Kind> WORD =
      new Word<>(
          "kan",
          "Two layers of splines: every edge is a learned function, nodes add.",
          List.of(
              new Option("hidden", "8", "Nodes between the layers, 1 to 65536."),
              new Option("cells", "6", "Of the splines' grid, 1 to 64.")),
          options ->
              new Kan(options.integer("hidden", 1, 65_536), options.integer("cells", 1, 64)));

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    final Axis each = Axis.of(Splines.coefficients(cells));
    final Axis units = Axis.units(hidden);
    final double first = Math.sqrt(6.0 / (inputs + hidden));
    final double second = Math.sqrt(6.0 / (hidden + outputs));
    return List.of(
        Tensor.of("w1", first, units, Axis.IN),
        Tensor.of("c1", 0.5 * first, units, Axis.IN, each),
        Tensor.of("w2", second, Axis.OUT, units),
        Tensor.of("c2", 0.5 * second, Axis.OUT, units, each));
  }

  @Override
  public int tape(final int inputs, final int outputs) {
    return hidden;
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    final float[] theta = work.theta();
    final float[] units = work.tape();
    final float[] room = work.scratch(Splines.ROOM);
    final int d = work.inputs();
    Splines.forward(d, hidden, cells, rows, x, 0, theta, 0, work.at("c1"), units, 0, room, 0);
    final int w2 = work.at("w2");
    final int c2 = work.at("c2");
    Splines.forward(hidden, work.outputs(), cells, rows, units, 0, theta, w2, c2, out, 0, room, 0);
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
    Arrays.fill(gradient, 0, work.at("c2") + c * hidden * Splines.coefficients(cells), 0);
    final float[] scratch = work.scratch(rows * hidden + Splines.ROOM);
    final int room = rows * hidden;
    Splines.backward(
        hidden,
        c,
        cells,
        rows,
        work.tape(),
        0,
        theta,
        work.at("w2"),
        work.at("c2"),
        outGradient,
        0,
        gradient,
        scratch,
        0,
        scratch,
        room);
    Splines.backward(
        d,
        hidden,
        cells,
        rows,
        x,
        0,
        theta,
        0,
        work.at("c1"),
        scratch,
        0,
        gradient,
        inputGradient,
        0,
        scratch,
        room);
  }

  @Override
  public String text() {
    return "kan(" + hidden + "," + cells + ")";
  }
}
