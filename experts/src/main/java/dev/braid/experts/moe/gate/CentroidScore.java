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
 * The cosine between the row and the mean of the rows that each expert learned lately, over a
 * temperature; nothing of it is learned by a gradient (Belofsky 2023, "Token-Level Adaptation of
 * LoRA Adapters for Downstream Task Generalization", section 3). An expert that has learned nothing
 * scores 0.
 *
 * @param temperature above 0
 * @param window rows of an expert that its mean is of, about, 1 or more
 */
public record CentroidScore(double temperature, int window) implements Score {
  /** Added to squared lengths, so that a row of zeros has a direction too. */
  private static final float LEAST = 1e-6f;

  static final Word<Score> WORD =
      new Word<>(
          "centroid",
          "Cosine between the row and the mean of the rows that each expert learned lately, over a"
              + " temperature.",
          List.of(
              new Option("temperature", "0.2", "Of the cosines, above 0."),
              new Option("window", "500", "Rows of an expert that its mean is of, 1 or more.")),
          options ->
              new CentroidScore(
                  options.real("temperature", 1e-6, 1e6), options.integer("window", 1, 1 << 24)));

  @Override
  public List<Tensor> tensors(final int inputs, final int columns) {
    return List.of();
  }

  @Override
  public List<Tensor> memory(final int inputs, final int columns) {
    return List.of(Tensor.zeros("centre", Axis.OUT, Axis.IN));
  }

  private static float dot(
      final float[] a, final int from, final float[] b, final int at, final int length) {
    float dot = 0;
    for (int i = 0; i < length; i++) {
      dot += a[from + i] * b[at + i];
    }
    return dot;
  }

  private static float length(final float[] a, final int from, final int length) {
    return (float) Math.sqrt(LEAST + dot(a, from, a, from, length));
  }

  @Override
  public void forward(final Step step, final Work work, final float[] score) {
    final int d = work.inputs();
    final int columns = work.outputs();
    for (int e = 0; e < columns; e++) {
      final float own = length(work.memory(), e * d, d);
      for (int r = 0; r < step.rows(); r++) {
        final float cosine =
            dot(step.x(), r * d, work.memory(), e * d, d) / own / length(step.x(), r * d, d);
        score[r * columns + e] = (float) (cosine / temperature);
      }
    }
  }

  @Override
  public void backward(
      final Step step, final Work work, final float[] scoreGradient, final float[] inputGradient) {
    final int d = work.inputs();
    final int columns = work.outputs();
    Fixed.noGradient(inputGradient, step.labelled() * d);
    for (int r = 0; inputGradient != null && r < step.labelled(); r++) {
      final float length = length(step.x(), r * d, d);
      for (int e = 0; e < columns; e++) {
        final float own = length(work.memory(), e * d, d);
        final float cosine = dot(step.x(), r * d, work.memory(), e * d, d) / own / length;
        final float q = (float) (scoreGradient[r * columns + e] / temperature / length);
        for (int i = 0; i < d; i++) {
          final float along = cosine * step.x()[r * d + i] / length;
          inputGradient[r * d + i] += q * (work.memory()[e * d + i] / own - along);
        }
      }
    }
    Centroids.follow(step, work, 1f / window);
  }

  @Override
  public String text() {
    return "centroid(" + temperature + "," + window + ")";
  }
}
