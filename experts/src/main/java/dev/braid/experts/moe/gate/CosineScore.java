package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Score;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * The cosine between a row, projected to few dimensions, and a vector of each expert, times a
 * learned factor that begins at 1 / 0.3 (X-MoE, Chi et al. 2022, section 3.2): experts are told
 * apart by direction alone, so that none is chosen for the size of its weights.
 *
 * @param dimensions of the projection
 */
public record CosineScore(int dimensions) implements Score {
  private static final double FIRST_FACTOR = 1 / 0.3;

  /** Added to squared lengths, so that a row of zeros has a direction too. */
  private static final float LEAST = 1e-6f;

  static final Word<Score> WORD =
      new Word<>(
          "cosine",
          "Cosine between a projection of the row and a vector of each expert, times a learned"
              + " factor.",
          List.of(new Option("dimensions", "4", "Dimensions of the projection, 1 to 1024.")),
          options -> new CosineScore(options.integer("dimensions", 1, 1024)));

  @Override
  public List<Tensor> tensors(final int inputs, final int columns) {
    final double limit = Math.sqrt(3.0 / inputs);
    return List.of(
        Tensor.of("projection", limit, Axis.of(dimensions), Axis.IN),
        Tensor.of("experts", limit, Axis.OUT, Axis.of(dimensions)),
        Tensor.zeros("factor", Axis.of(1)));
  }

  @Override
  public void forward(final Step step, final Work work, final float[] score) {
    final float[] u = work.scratch(2 * dimensions);
    for (int r = 0; r < step.rows(); r++) {
      final float length = project(step, work, r, u);
      for (int e = 0; e < work.outputs(); e++) {
        final int at = work.at("experts") + e * dimensions;
        score[r * work.outputs() + e] = factor(work) * cosine(work.theta(), at, u, length);
      }
    }
  }

  @Override
  public void backward(
      final Step step, final Work work, final float[] scoreGradient, final float[] inputGradient) {
    final float[] theta = work.theta();
    final float[] gradient = work.gradient();
    final int columns = work.outputs();
    final int d = work.inputs();
    final int temperature = work.at("factor");
    Arrays.fill(gradient, 0, temperature + 1, 0);
    // The projection, then its gradient.
    final float[] u = work.scratch(2 * dimensions);
    for (int r = 0; r < step.labelled(); r++) {
      final float length = project(step, work, r, u);
      Arrays.fill(u, dimensions, 2 * dimensions, 0);
      for (int e = 0; e < columns; e++) {
        final int at = work.at("experts") + e * dimensions;
        final float cosine = cosine(theta, at, u, length);
        final float own = length(theta, at);
        final float q = scoreGradient[r * columns + e] * factor(work);
        gradient[temperature] += q * cosine;
        for (int k = 0; k < dimensions; k++) {
          final float v = theta[at + k];
          gradient[at + k] += q * (u[k] / (length * own) - cosine * v / (own * own));
          u[dimensions + k] += q * (v / (length * own) - cosine * u[k] / (length * length));
        }
      }
      for (int k = 0; k < dimensions; k++) {
        for (int i = 0; i < d; i++) {
          gradient[k * d + i] += u[dimensions + k] * step.x()[r * d + i];
        }
      }
      for (int i = 0; inputGradient != null && i < d; i++) {
        float sum = 0;
        for (int k = 0; k < dimensions; k++) {
          sum += u[dimensions + k] * theta[k * d + i];
        }
        inputGradient[r * d + i] = sum;
      }
    }
  }

  private static float factor(final Work work) {
    return (float) (FIRST_FACTOR * StrictMath.exp(work.theta()[work.at("factor")]));
  }

  /** Projects a row; returns the length of what it gives. */
  private float project(final Step step, final Work work, final int row, final float[] u) {
    final int d = work.inputs();
    for (int k = 0; k < dimensions; k++) {
      float sum = 0;
      for (int i = 0; i < d; i++) {
        sum += work.theta()[k * d + i] * step.x()[row * d + i];
      }
      u[k] = sum;
    }
    return length(u, 0);
  }

  private float length(final float[] values, final int from) {
    float squares = LEAST;
    for (int k = from; k < from + dimensions; k++) {
      squares += values[k] * values[k];
    }
    return (float) Math.sqrt(squares);
  }

  private float cosine(final float[] theta, final int at, final float[] u, final float length) {
    float dot = 0;
    for (int k = 0; k < dimensions; k++) {
      dot += u[k] * theta[at + k];
    }
    return dot / (length * length(theta, at));
  }

  @Override
  public String text() {
    return "cosine(" + dimensions + ")";
  }
}
