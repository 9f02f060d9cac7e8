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
 * Minus the squared distance between the row and the centre of each expert's cluster, times a
 * learned factor; the centres are those of K-means over the rows learned, and no gradient moves
 * them (Moirai-MoE, Liu et al. 2024, section 3.2.2, whose clusters are found before; here they
 * follow the stream). An expert without a cluster takes the next row for its centre.
 *
 * @param window rows of a cluster that its centre is the mean of at most, so that it may move
 */
public record KMeansScore(int window) implements Score {
  private static final double FIRST_FACTOR = 0.1;

  static final Word<Score> WORD =
      new Word<>(
          "k-means",
          "Distance to the centre of each expert's cluster of rows, found by K-means, times a"
              + " learned factor.",
          List.of(new Option("window", "1000", "Rows that a centre is the mean of, 1 or more.")),
          options -> new KMeansScore(options.integer("window", 1, 1 << 24)));

  @Override
  public List<Tensor> tensors(final int inputs, final int columns) {
    return List.of(Tensor.zeros("factor", Axis.of(1)));
  }

  @Override
  public List<Tensor> memory(final int inputs, final int columns) {
    return List.of(Tensor.zeros("centre", Axis.OUT, Axis.IN), Tensor.zeros("rows", Axis.OUT));
  }

  private static float factor(final Work work) {
    return (float) (FIRST_FACTOR * StrictMath.exp(work.theta()[0]));
  }

  private static float squares(final Step step, final Work work, final int row, final int expert) {
    final int d = work.inputs();
    float squares = 0;
    for (int i = 0; i < d; i++) {
      final float difference = step.x()[row * d + i] - work.memory()[expert * d + i];
      squares += difference * difference;
    }
    return squares;
  }

  @Override
  public void forward(final Step step, final Work work, final float[] score) {
    final int columns = work.outputs();
    final float factor = factor(work);
    for (int i = 0; i < step.rows() * columns; i++) {
      score[i] = -factor * squares(step, work, i / columns, i % columns);
    }
  }

  @Override
  public void backward(
      final Step step, final Work work, final float[] scoreGradient, final float[] inputGradient) {
    final int d = work.inputs();
    final int columns = work.outputs();
    final float factor = factor(work);
    float sum = 0;
    Fixed.noGradient(inputGradient, step.labelled() * d);
    for (int r = 0; r < step.labelled(); r++) {
      for (int e = 0; e < columns; e++) {
        final float q = -factor * scoreGradient[r * columns + e];
        sum += q * squares(step, work, r, e);
        for (int i = 0; inputGradient != null && i < d; i++) {
          inputGradient[r * d + i] += 2 * q * (step.x()[r * d + i] - work.memory()[e * d + i]);
        }
      }
    }
    work.gradient()[0] = sum;
    for (int r = 0; r < step.labelled(); r++) {
      Centroids.join(step, work, r, window);
    }
  }

  @Override
  public String text() {
    return "k-means(" + window + ")";
  }
}
