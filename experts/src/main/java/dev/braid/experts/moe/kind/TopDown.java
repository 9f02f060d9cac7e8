package dev.braid.experts.moe.kind;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.FloatMath;
import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * Two layers of ReLU units that each learn by a loss of their own, without wrong classes to compare
 * with, from signals from below and from above: a first pass goes up, and in the second the first
 * layer sees the second one's units too (ForwardGNN, Park et al. 2024, "Forward Learning of Graph
 * Neural Networks", sections 3.3 and 3.4, whose neighbours a row has not). Each layer's units are
 * compared with a vector of each class; the logits are the sums of both layers'.
 *
 * @param hidden units of each layer
 */
public record TopDown(int hidden) implements Kind {
  static final Word<Kind> WORD =
      new Word<>(
          "top-down",
          "Two layers that each learn by a loss of their own, the first one with what the second"
              + " said.",
          List.of(new Option("hidden", "16", "Units of each layer, 1 to 65536.")),
          options -> new TopDown(options.integer("hidden", 1, 65_536)));

  @Override
  public boolean needsClasses() {
    return true;
  }

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    final Axis units = Axis.units(hidden);
    final double narrow = Math.sqrt(6.0 / (2 * hidden));
    final double last = Math.sqrt(6.0 / (hidden + outputs));
    return List.of(
        Tensor.of("w1", Math.sqrt(6.0 / (inputs + hidden)), units, Axis.IN),
        Tensor.zeros("b1", units),
        Tensor.of("down", narrow, units, Axis.of(hidden)),
        Tensor.of("w2", narrow, Axis.of(hidden), units),
        Tensor.zeros("b2", Axis.of(hidden)),
        Tensor.of("class1", last, Axis.OUT, units),
        Tensor.of("class2", last, Axis.OUT, Axis.of(hidden)));
  }

  /** The first pass's second layer, then both of the second pass. */
  @Override
  public int tape(final int inputs, final int outputs) {
    return 3 * hidden;
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    final int d = work.inputs();
    final int c = work.outputs();
    final float[] theta = work.theta();
    final float[] kept = work.tape();
    final float[] below = work.scratch(hidden);
    for (int r = 0; r < rows; r++) {
      final int above = 3 * r * hidden;
      for (int u = 0; u < hidden; u++) {
        below[u] = dot(theta, u * d, x, r * d, d) + theta[work.at("b1") + u];
        kept[above + hidden + u] = Math.max(0, below[u]);
      }
      layer(theta, work.at("w2"), work.at("b2"), kept, above + hidden, above);
      for (int u = 0; u < hidden; u++) {
        final float fromAbove = dot(theta, work.at("down") + u * hidden, kept, above, hidden);
        kept[above + hidden + u] = Math.max(0, below[u] + fromAbove);
      }
      layer(theta, work.at("w2"), work.at("b2"), kept, above + hidden, above + 2 * hidden);
      for (int j = 0; j < c; j++) {
        out[r * c + j] =
            dot(theta, work.at("class1") + j * hidden, kept, above + hidden, hidden)
                + dot(theta, work.at("class2") + j * hidden, kept, above + 2 * hidden, hidden);
      }
    }
  }

  private void layer(
      final float[] theta,
      final int w,
      final int b,
      final float[] kept,
      final int from,
      final int to) {
    for (int u = 0; u < hidden; u++) {
      kept[to + u] = Math.max(0, dot(theta, w + u * hidden, kept, from, hidden) + theta[b + u]);
    }
  }

  private static float dot(
      final float[] a, final int from, final float[] b, final int at, final int length) {
    float dot = 0;
    for (int i = 0; i < length; i++) {
      dot += a[from + i] * b[at + i];
    }
    return dot;
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
    Arrays.fill(work.gradient(), 0, work.at("class2") + work.outputs() * hidden, 0);
    final float[] scratch = work.scratch(work.outputs() + hidden);
    for (int r = 0; r < rows; r++) {
      final int above = 3 * r * hidden;
      final int first = above + hidden;
      own(work, labels[r], rows, work.at("class1"), first, scratch);
      add(work, 0, scratch, x, r * d, d);
      add(work, work.at("down"), scratch, work.tape(), above, hidden);
      Film.add(scratch, work.outputs(), hidden, work.gradient(), work.at("b1"));
      own(work, labels[r], rows, work.at("class2"), first + hidden, scratch);
      add(work, work.at("w2"), scratch, work.tape(), first, hidden);
      Film.add(scratch, work.outputs(), hidden, work.gradient(), work.at("b2"));
    }
    OwnLoss.noGradient(inputGradient, rows * d);
  }

  /** Adds the gradient of a layer's class vectors; leaves that of its units behind the classes. */
  private void own(
      final Work work,
      final int label,
      final int rows,
      final int vectors,
      final int units,
      final float[] scratch) {
    final int c = work.outputs();
    final float[] kept = work.tape();
    for (int j = 0; j < c; j++) {
      scratch[j] = dot(work.theta(), vectors + j * hidden, kept, units, hidden);
    }
    FloatMath.softmax(scratch, 0, c);
    scratch[label] -= 1;
    for (int u = 0; u < hidden; u++) {
      float sum = 0;
      for (int j = 0; j < c; j++) {
        sum += scratch[j] / rows * work.theta()[vectors + j * hidden + u];
        work.gradient()[vectors + j * hidden + u] += scratch[j] / rows * kept[units + u];
      }
      scratch[c + u] = kept[units + u] > 0 ? sum : 0;
    }
  }

  /** Adds the outer product of the units' gradient and what they saw. */
  private void add(
      final Work work,
      final int at,
      final float[] scratch,
      final float[] seen,
      final int from,
      final int length) {
    for (int u = 0; u < hidden; u++) {
      final float g = scratch[work.outputs() + u];
      for (int i = 0; g != 0 && i < length; i++) {
        work.gradient()[at + u * length + i] += g * seen[from + i];
      }
    }
  }

  @Override
  public String text() {
    return "top-down(" + hidden + ")";
  }
}
