package dev.braid.experts.moe.added;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Score;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import java.util.Arrays;
import java.util.List;

/** Scores that are linear in the squares of the inputs. */
record SquaresScore() implements Score {
  static final Word<Score> WORD =
      new Word<>("squares", "Linear in the squares.", List.of(), options -> new SquaresScore());

  @Override
  public List<Tensor> tensors(final int inputs, final int columns) {
    final double limit = 0.1 * Math.sqrt(6.0 / (inputs + columns));
    return List.of(Tensor.of("w", limit, Axis.OUT, Axis.IN), Tensor.zeros("b", Axis.OUT));
  }

  @Override
  public void forward(final Step step, final Work work, final float[] score) {
    final int d = work.inputs();
    for (int i = 0; i < step.rows() * work.outputs(); i++) {
      final int row = i / work.outputs() * d;
      final int unit = i % work.outputs();
      float sum = work.theta()[work.at("b") + unit];
      for (int j = 0; j < d; j++) {
        sum += work.theta()[unit * d + j] * step.x()[row + j] * step.x()[row + j];
      }
      score[i] = sum;
    }
  }

  @Override
  public void backward(
      final Step step, final Work work, final float[] scoreGradient, final float[] inputGradient) {
    final int d = work.inputs();
    final int rows = step.labelled();
    Arrays.fill(work.gradient(), 0, work.layout().size(), 0);
    if (inputGradient != null) {
      Arrays.fill(inputGradient, 0, rows * d, 0);
    }
    for (int i = 0; i < rows * work.outputs(); i++) {
      final int row = i / work.outputs() * d;
      final int unit = i % work.outputs();
      work.gradient()[work.at("b") + unit] += scoreGradient[i];
      for (int j = 0; j < d; j++) {
        final float x = step.x()[row + j];
        work.gradient()[unit * d + j] += scoreGradient[i] * x * x;
        if (inputGradient != null) {
          inputGradient[row + j] += 2 * scoreGradient[i] * work.theta()[unit * d + j] * x;
        }
      }
    }
  }

  @Override
  public String text() {
    return "squares";
  }
}
