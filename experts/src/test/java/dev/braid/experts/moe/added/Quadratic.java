package dev.braid.experts.moe.added;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Kind;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import java.util.Arrays;
import java.util.List;

/** Logits that are linear in the inputs and their squares. */
record Quadratic() implements Kind {
  static final Word<Kind> WORD =
      new Word<>(
          "quadratic",
          "Linear in the inputs and their squares.",
          List.of(),
          options -> new Quadratic());

  @Override
  public List<Tensor> tensors(final int inputs, final int outputs) {
    final double limit = Math.sqrt(6.0 / (inputs + outputs));
    return List.of(
        Tensor.of("w", limit, Axis.OUT, Axis.IN),
        Tensor.of("squares", limit, Axis.OUT, Axis.IN),
        Tensor.zeros("b", Axis.OUT));
  }

  @Override
  public int tape(final int inputs, final int outputs) {
    return 0;
  }

  @Override
  public void forward(
      final Work work, final float[] x, final int rows, final boolean learning, final float[] out) {
    final int d = work.inputs();
    final int squares = work.at("squares");
    for (int i = 0; i < rows * work.outputs(); i++) {
      final int row = i / work.outputs() * d;
      final int unit = i % work.outputs();
      float sum = work.theta()[work.at("b") + unit];
      for (int j = 0; j < d; j++) {
        final float slope =
            work.theta()[unit * d + j] + work.theta()[squares + unit * d + j] * x[row + j];
        sum += slope * x[row + j];
      }
      out[i] = sum;
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
    final int squares = work.at("squares");
    Arrays.fill(work.gradient(), 0, work.layout().size(), 0);
    if (inputGradient != null) {
      Arrays.fill(inputGradient, 0, rows * d, 0);
    }
    for (int i = 0; i < rows * work.outputs(); i++) {
      final int row = i / work.outputs() * d;
      final int unit = i % work.outputs();
      final float g = outGradient[i];
      work.gradient()[work.at("b") + unit] += g;
      for (int j = 0; j < d; j++) {
        final int w = unit * d + j;
        work.gradient()[w] += g * x[row + j];
        work.gradient()[squares + w] += g * x[row + j] * x[row + j];
        if (inputGradient != null) {
          inputGradient[row + j] +=
              g * (work.theta()[w] + 2 * work.theta()[squares + w] * x[row + j]);
        }
      }
    }
  }

  @Override
  public String text() {
    return "quadratic";
  }
}
