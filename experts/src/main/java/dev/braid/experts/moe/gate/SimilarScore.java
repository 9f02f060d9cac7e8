package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.RecentRows;
import dev.braid.experts.moe.Score;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import java.util.List;

/**
 * Linear scores, averaged over the row and the rows learned lately that are like it, so that like
 * rows go to the same experts (Nguyen et al. 2025, "Improving Routing in Sparse Mixture of Experts
 * with Graph of Tokens", whose graph is that of a sequence). A remembered row at distance s weighs
 * {@code exp(-s^2 / temperature)}, the row itself 1. Averaging scores that are linear is scoring an
 * averaged row, which is how it is computed.
 *
 * @param remembered rows
 * @param temperature above 0
 */
public record SimilarScore(int remembered, double temperature) implements Score {
  static final Word<Score> WORD =
      new Word<>(
          "similar",
          "Linear scores, averaged over the row and rows learned lately that are like it.",
          List.of(
              new Option("rows", "32", "Rows that are remembered, 1 to 65536."),
              new Option("temperature", "4", "Of their weights, above 0.")),
          options ->
              new SimilarScore(
                  options.integer("rows", 1, 65_536), options.real("temperature", 1e-6, 1e6)));

  @Override
  public int recent() {
    return remembered;
  }

  @Override
  public List<Tensor> tensors(final int inputs, final int columns) {
    return new LinearScore().tensors(inputs, columns);
  }

  @Override
  public void forward(final Step step, final Work work, final float[] score) {
    final float[] averaged = averaged(step, work, step.rows());
    final int columns = work.outputs();
    final int b = work.at("b");
    work.products()
        .affine(step.rows(), columns, work.inputs(), averaged, work.theta(), 0, b, score);
  }

  /** The averaged rows, then room for the weights of one. */
  private float[] averaged(final Step step, final Work work, final int rows) {
    final int d = work.inputs();
    final float[] averaged = work.scratch(rows * d + remembered);
    for (int r = 0; r < rows; r++) {
      final float own = weights(step, d, r, averaged, rows * d);
      for (int k = 0; k < d; k++) {
        averaged[r * d + k] = own * step.x()[r * d + k];
      }
      for (int i = 0; i < known(step); i++) {
        final int from = step.recent().place(i) * d;
        for (int k = 0; k < d; k++) {
          averaged[r * d + k] += averaged[rows * d + i] * step.recent().x()[from + k];
        }
      }
    }
    return averaged;
  }

  private int known(final Step step) {
    return Math.min(remembered, step.recent().rows());
  }

  /** Weights of the remembered rows for a row; returns its own. All sum to 1. */
  private float weights(
      final Step step, final int d, final int row, final float[] weight, final int at) {
    final RecentRows recent = step.recent();
    float sum = 1;
    for (int i = 0; i < known(step); i++) {
      final int from = recent.place(i) * d;
      double squares = 0;
      for (int k = 0; k < d; k++) {
        final float difference = step.x()[row * d + k] - recent.x()[from + k];
        squares += difference * difference;
      }
      weight[at + i] = (float) StrictMath.exp(-squares / temperature);
      sum += weight[at + i];
    }
    for (int i = 0; i < known(step); i++) {
      weight[at + i] /= sum;
    }
    return 1 / sum;
  }

  @Override
  public void backward(
      final Step step, final Work work, final float[] scoreGradient, final float[] inputGradient) {
    final int d = work.inputs();
    final int columns = work.outputs();
    final int rows = step.labelled();
    final float[] averaged = averaged(step, work, rows);
    work.products()
        .transposedTimes(columns, d, rows, scoreGradient, 0, averaged, 0, work.gradient(), 0);
    work.products().columnSums(rows, columns, scoreGradient, 0, work.gradient(), work.at("b"));
    if (inputGradient != null) {
      work.products().times(rows, d, columns, scoreGradient, 0, work.theta(), 0, inputGradient, 0);
      for (int r = 0; r < rows; r++) {
        toRow(step, d, r, averaged, rows * d, inputGradient);
      }
    }
  }

  /** Turns the gradient of an averaged row into that of the row. */
  private void toRow(
      final Step step,
      final int d,
      final int row,
      final float[] averaged,
      final int weight,
      final float[] gradient) {
    final float own = weights(step, d, row, averaged, weight);
    float mean = 0;
    for (int k = 0; k < d; k++) {
      mean += gradient[row * d + k] * averaged[row * d + k];
    }
    // Each remembered row pulls with its weight: its inner products before the gradient changes.
    for (int i = 0; i < known(step); i++) {
      final int from = step.recent().place(i) * d;
      float inner = 0;
      for (int k = 0; k < d; k++) {
        inner += gradient[row * d + k] * step.recent().x()[from + k];
      }
      averaged[weight + i] *= (float) (-2 / temperature * (inner - mean));
    }
    for (int k = row * d; k < (row + 1) * d; k++) {
      gradient[k] *= own;
    }
    for (int i = 0; i < known(step); i++) {
      final int from = step.recent().place(i) * d;
      for (int k = 0; k < d; k++) {
        final float difference = step.x()[row * d + k] - step.recent().x()[from + k];
        gradient[row * d + k] += averaged[weight + i] * difference;
      }
    }
  }

  @Override
  public String text() {
    return "similar(" + remembered + "," + temperature + ")";
  }
}
