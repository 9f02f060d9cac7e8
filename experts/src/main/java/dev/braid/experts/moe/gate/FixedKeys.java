package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Score;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import java.util.Arrays;
import java.util.List;

/**
 * The cosine between the row and a random vector of each expert that never moves, times a learned
 * factor. New classes touch the experts near them alone (the fixed keys and soft nearest neighbours
 * of Wojcik et al. 2023, "Domain-Agnostic Neural Architecture for Class Incremental Continual
 * Learning in Document Processing Platform", section 3, with {@code top-k} and linear experts); the
 * same is the fixed random router of SMoE-Dropout (Chen et al. 2023), with {@code growing-top-k}.
 */
public record FixedKeys() implements Score {
  /** Added to squared lengths, so that a row of zeros has a direction too. */
  private static final float LEAST = 1e-6f;

  static final Word<Score> WORD =
      new Word<>(
          "fixed-keys",
          "Cosine between the row and a random vector of each expert that never moves, times a"
              + " learned factor.",
          List.of(),
          options -> new FixedKeys());

  @Override
  public List<Tensor> tensors(final int inputs, final int columns) {
    return List.of(Tensor.zeros("factor", Axis.of(1)));
  }

  private static float factor(final Work work) {
    return (float) StrictMath.exp(work.theta()[0]);
  }

  /** Elements have variance 1, so that a score does not depend on the number of inputs. */
  private static float key(final Step step, final int expert, final int element) {
    return (float) (Math.sqrt(3) * Buckets.direction(step.seed(), expert, element));
  }

  @Override
  public void forward(final Step step, final Work work, final float[] score) {
    final int columns = work.outputs();
    for (int r = 0; r < step.rows(); r++) {
      final float length = length(step, work.inputs(), r);
      for (int e = 0; e < columns; e++) {
        score[r * columns + e] = factor(work) * dot(step, work.inputs(), r, e) / length;
      }
    }
  }

  private static float length(final Step step, final int d, final int row) {
    float squares = LEAST;
    for (int i = row * d; i < (row + 1) * d; i++) {
      squares += step.x()[i] * step.x()[i];
    }
    return (float) Math.sqrt(squares);
  }

  private static float dot(final Step step, final int d, final int row, final int expert) {
    float dot = 0;
    for (int i = 0; i < d; i++) {
      // Inputs that are 0 need no key, and there may be many.
      if (step.x()[row * d + i] != 0) {
        dot += step.x()[row * d + i] * key(step, expert, i);
      }
    }
    return dot;
  }

  @Override
  public void backward(
      final Step step, final Work work, final float[] scoreGradient, final float[] inputGradient) {
    final int d = work.inputs();
    final int columns = work.outputs();
    final float factor = factor(work);
    float sum = 0;
    for (int r = 0; r < step.labelled(); r++) {
      final float length = length(step, d, r);
      if (inputGradient != null) {
        Arrays.fill(inputGradient, r * d, (r + 1) * d, 0);
      }
      for (int e = 0; e < columns; e++) {
        final float cosine = dot(step, d, r, e) / length;
        final float q = factor * scoreGradient[r * columns + e];
        sum += q * cosine;
        for (int i = 0; inputGradient != null && i < d; i++) {
          final float along = cosine * step.x()[r * d + i] / length;
          inputGradient[r * d + i] += q / length * (key(step, e, i) - along);
        }
      }
    }
    work.gradient()[0] = sum;
  }

  @Override
  public String text() {
    return "fixed-keys";
  }
}
