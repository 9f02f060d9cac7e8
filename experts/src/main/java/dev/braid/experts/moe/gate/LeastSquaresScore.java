package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Score;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import java.util.List;

/**
 * A linear gate that no gradient moves: rows learned are assigned to clusters by K-means, one for
 * each expert, and the gate is the least squares fit of these assignments over the rows learned
 * lately (MixER, Nzoyem et al. 2025, "Towards Foundational Models for Dynamical System
 * Reconstruction: Hierarchical Meta-Learning via Mixture of Experts", whose top-1 gate is updated
 * by K-means and least squares). The normal equations are solved by a few steps of conjugate
 * gradients from the last solution, since rows change little from step to step.
 *
 * @param window rows of a cluster that its centre is the mean of at most
 * @param remembered rows that the fit is over
 */
public record LeastSquaresScore(int window, int remembered) implements Score {
  private static final int ITERATIONS = 3;
  private static final float RIDGE = 1e-2f;

  /** What a fit of 1 scores, so that a softmax decides. */
  private static final float FACTOR = 5;

  static final Word<Score> WORD =
      new Word<>(
          "least-squares",
          "A linear gate, fitted by least squares to the clusters that K-means finds; no gradient"
              + " moves it.",
          List.of(
              new Option("window", "1000", "Rows that a centre is the mean of, 1 or more."),
              new Option("rows", "64", "Rows that the fit is over, 2 to 4096.")),
          options ->
              new LeastSquaresScore(
                  options.integer("window", 1, 1 << 24), options.integer("rows", 2, 4096)));

  @Override
  public int recent() {
    return remembered;
  }

  @Override
  public List<Tensor> tensors(final int inputs, final int columns) {
    return List.of();
  }

  @Override
  public List<Tensor> memory(final int inputs, final int columns) {
    return List.of(
        Tensor.zeros("centre", Axis.OUT, Axis.IN),
        Tensor.zeros("rows", Axis.OUT),
        Tensor.zeros("gate", Axis.OUT, Axis.IN),
        Tensor.zeros("bias", Axis.OUT));
  }

  @Override
  public void forward(final Step step, final Work work, final float[] score) {
    final int columns = work.outputs();
    final int d = work.inputs();
    final float[] memory = work.memory();
    for (int i = 0; i < step.rows() * columns; i++) {
      final int e = i % columns;
      final float fit = dot(memory, work.memoryAt("gate") + e * d, step.x(), i / columns * d, d);
      score[i] = FACTOR * (fit + memory[work.memoryAt("bias") + e]);
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
      final Step step, final Work work, final float[] scoreGradient, final float[] inputGradient) {
    final int d = work.inputs();
    final int columns = work.outputs();
    final float[] memory = work.memory();
    for (int i = 0; inputGradient != null && i < step.labelled() * d; i++) {
      inputGradient[i] = 0;
      for (int e = 0; e < columns; e++) {
        final float q = FACTOR * scoreGradient[i / d * columns + e];
        inputGradient[i] += q * memory[work.memoryAt("gate") + e * d + i % d];
      }
    }
    final int n = Math.min(remembered, step.recent().rows());
    // Of each remembered row the cluster, then what conjugate gradients need.
    final float[] kept = work.scratch(2 * n + 3 * (d + 1));
    for (int j = 0; j < n; j++) {
      kept[j] = Centroids.nearest(step, work, step.recent().x(), step.recent().place(j) * d);
    }
    for (int e = 0; e < columns; e++) {
      fit(step, work, n, e, kept);
    }
    for (int r = 0; r < step.labelled(); r++) {
      Centroids.join(step, work, r, window);
    }
  }

  /** Conjugate gradients for the gate of one expert. */
  private static void fit(
      final Step step, final Work work, final int n, final int expert, final float[] kept) {
    final int d = work.inputs();
    final int residual = 2 * n;
    final int direction = residual + d + 1;
    final int product = direction + d + 1;
    final float[] memory = work.memory();
    final int gate = work.memoryAt("gate") + expert * d;
    final int bias = work.memoryAt("bias") + expert;
    System.arraycopy(memory, gate, kept, direction, d);
    kept[direction + d] = memory[bias];
    normal(step, d, n, kept, direction, product);
    // The residual of the normal equations: X' y less what the gate gives.
    for (int i = 0; i <= d; i++) {
      kept[residual + i] = -kept[product + i];
    }
    for (int j = 0; j < n; j++) {
      final int from = step.recent().place(j) * d;
      for (int i = 0; kept[j] == expert && i < d; i++) {
        kept[residual + i] += step.recent().x()[from + i];
      }
      kept[residual + d] += kept[j] == expert ? 1 : 0;
    }
    System.arraycopy(kept, residual, kept, direction, d + 1);
    float squares = dot(kept, residual, kept, residual, d + 1);
    for (int k = 0; k < ITERATIONS && squares > 1e-12f; k++) {
      normal(step, d, n, kept, direction, product);
      final float length = squares / dot(kept, direction, kept, product, d + 1);
      for (int i = 0; i < d; i++) {
        memory[gate + i] += length * kept[direction + i];
      }
      memory[bias] += length * kept[direction + d];
      for (int i = 0; i <= d; i++) {
        kept[residual + i] -= length * kept[product + i];
      }
      final float left = dot(kept, residual, kept, residual, d + 1);
      for (int i = 0; i <= d; i++) {
        kept[direction + i] = kept[residual + i] + left / squares * kept[direction + i];
      }
      squares = left;
    }
  }

  /** {@code (X' X + ridge) v} over the remembered rows, each with a 1 at its end. */
  private static void normal(
      final Step step, final int d, final int n, final float[] kept, final int v, final int to) {
    for (int i = 0; i <= d; i++) {
      kept[to + i] = RIDGE * kept[v + i];
    }
    for (int j = 0; j < n; j++) {
      final int from = step.recent().place(j) * d;
      final float dot = kept[v + d] + dot(kept, v, step.recent().x(), from, d);
      for (int i = 0; i < d; i++) {
        kept[to + i] += dot * step.recent().x()[from + i];
      }
      kept[to + d] += dot;
    }
  }

  @Override
  public String text() {
    return "least-squares(" + window + "," + remembered + ")";
  }
}
