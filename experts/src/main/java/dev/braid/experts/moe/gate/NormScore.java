package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.Score;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import java.util.List;

/**
 * Without a gate of its own: each expert computes its first projection of the row, and its score is
 * the length of that, so that the experts choose themselves (Autonomy-of-Experts, Lv et al. 2025,
 * section 3.1, with the kind {@code factored}, whose first projection is narrow). What the loss
 * says of the scores is learned by the experts' projections. The first array of an expert that ends
 * with the inputs is its projection; one without scores 0.
 */
public record NormScore() implements Score {
  /** Added to squared lengths, so that a row of zeros has a slope too. */
  private static final float LEAST = 1e-6f;

  static final Word<Score> WORD =
      new Word<>(
          "norm",
          "Length of each expert's first projection of the row; no gate is learned.",
          List.of(),
          options -> new NormScore());

  @Override
  public List<Tensor> tensors(final int inputs, final int columns) {
    return List.of();
  }

  @Override
  public void forward(final Step step, final Work work, final float[] score) {
    final int columns = work.outputs();
    for (int e = 0; e < columns; e++) {
      final int units = units(step, work, e);
      final float[] projected = project(step, work, e, step.rows());
      for (int r = 0; r < step.rows(); r++) {
        score[r * columns + e] = units == 0 ? 0 : length(projected, r * units, units);
      }
    }
  }

  /** Numbers of an expert's projection; 0 where there is none. */
  private static int units(final Step step, final Work work, final int expert) {
    final Layout layout = step.layout(expert);
    final int t = step.routing().isAlive(expert) ? KeyScore.keys(layout) : -1;
    return t < 0 ? 0 : layout.sizeOf(layout.tensors().get(t).name()) / work.inputs();
  }

  private static int at(final Layout layout) {
    return layout.at(layout.tensors().get(KeyScore.keys(layout)).name());
  }

  /** An expert's projections of rows. */
  private static float[] project(
      final Step step, final Work work, final int expert, final int rows) {
    final int units = units(step, work, expert);
    final float[] projected = work.scratch(rows * units);
    if (units > 0) {
      final int at = at(step.layout(expert));
      work.products()
          .timesTransposed(
              rows, units, work.inputs(), step.x(), 0, step.theta(expert), at, false, projected, 0);
    }
    return projected;
  }

  private static float length(final float[] values, final int from, final int count) {
    float squares = LEAST;
    for (int i = from; i < from + count; i++) {
      squares += values[i] * values[i];
    }
    return (float) Math.sqrt(squares);
  }

  @Override
  public void backward(
      final Step step, final Work work, final float[] scoreGradient, final float[] inputGradient) {
    final int d = work.inputs();
    final int columns = work.outputs();
    Fixed.noGradient(inputGradient, step.labelled() * d);
    for (int e = 0; e < columns; e++) {
      final int units = units(step, work, e);
      if (units == 0) {
        continue;
      }
      final int at = at(step.layout(e));
      final float[] projected = project(step, work, e, step.labelled());
      final float[] theta = step.theta(e);
      final float[] gradient = step.expertGradient(e);
      for (int r = 0; r < step.labelled(); r++) {
        final float length = length(projected, r * units, units);
        final float q = scoreGradient[r * columns + e] / length;
        for (int u = 0; q != 0 && u < units; u++) {
          final float g = q * projected[r * units + u];
          for (int i = 0; i < d; i++) {
            gradient[at + u * d + i] += g * step.x()[r * d + i];
          }
          for (int i = 0; inputGradient != null && i < d; i++) {
            inputGradient[r * d + i] += g * theta[at + u * d + i];
          }
        }
      }
    }
  }

  @Override
  public String text() {
    return "norm";
  }
}
