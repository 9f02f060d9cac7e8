package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.Score;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import java.util.Arrays;
import java.util.List;

/**
 * Without a gate of its own: the row's inner product with the mean of an expert's keys, the input
 * weights of its units (Avg-K, Liu et al. 2023, "Towards A Unified View of Sparse Feed-Forward
 * Network in Pretraining Large Language Model", section 5). Keys learn as the experts' parameters
 * that they are. An expert without such weights scores 0.
 */
public record KeyScore() implements Score {
  static final Word<Score> WORD =
      new Word<>(
          "mean-key",
          "Inner product of the row and the mean of an expert's input weights; no gate is learned.",
          List.of(),
          options -> new KeyScore());

  @Override
  public List<Tensor> tensors(final int inputs, final int columns) {
    return List.of();
  }

  /** The experts' mean keys, shape [columns][d]. */
  private static float[] keys(final Step step, final Work work) {
    final int d = work.inputs();
    final float[] keys = work.scratch(work.outputs() * d);
    Arrays.fill(keys, 0, work.outputs() * d, 0);
    for (int e = 0; e < work.outputs(); e++) {
      final Layout layout = step.layout(e);
      final int from = step.routing().isAlive(e) ? keys(layout) : -1;
      if (from >= 0) {
        final float[] theta = step.theta(e);
        final int size = layout.sizeOf(layout.tensors().get(from).name());
        final int at = layout.at(layout.tensors().get(from).name());
        for (int i = 0; i < size; i++) {
          keys[e * d + i % d] += theta[at + i] * d / size;
        }
      }
    }
    return keys;
  }

  /** The first array that ends with the inputs; -1 if there is none. */
  static int keys(final Layout layout) {
    for (int t = 0; t < layout.tensors().size(); t++) {
      final List<Axis> axes = layout.tensors().get(t).axes();
      if (axes.get(axes.size() - 1).equals(Axis.IN)) {
        return t;
      }
    }
    return -1;
  }

  @Override
  public void forward(final Step step, final Work work, final float[] score) {
    final int d = work.inputs();
    final float[] keys = keys(step, work);
    work.products()
        .timesTransposed(step.rows(), work.outputs(), d, step.x(), 0, keys, 0, false, score, 0);
  }

  @Override
  public void backward(
      final Step step, final Work work, final float[] scoreGradient, final float[] inputGradient) {
    if (inputGradient != null) {
      final float[] keys = keys(step, work);
      work.products()
          .times(
              step.labelled(),
              work.inputs(),
              work.outputs(),
              scoreGradient,
              0,
              keys,
              0,
              inputGradient,
              0);
    }
  }

  @Override
  public String text() {
    return "mean-key";
  }
}
