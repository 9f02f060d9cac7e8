package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.FloatMath;
import dev.braid.experts.moe.Score;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * Linear scores of the row and of the rows learned last, these weighted by the row's attention to
 * them: the score of expert e is {@code w_e x + b_e + sum_j a_j (v_e h_j + c_e,y_j)}, where the
 * attention a is the softmax of the inner products of the row's query and the keys of the history h
 * (AW-MoE, Gong et al. 2023, section III-C, whose gate attends to the user's behaviour and sums
 * what a gate unit says of each; without its loss of contrast). A class y counts with the rows by a
 * table of at most 16 classes.
 *
 * @param remembered rows of the history, 1 or more
 * @param dimensions of queries and keys
 */
public record HistoryScore(int remembered, int dimensions) implements Score {
  /** Classes that are told apart in the table. */
  private static final int CLASSES = 16;

  static final Word<Score> WORD =
      new Word<>(
          "history",
          "Linear scores of the row, and of the rows learned last as far as it attends to them.",
          List.of(
              new Option("rows", "32", "Rows of the history, 1 to 4096."),
              new Option("dimensions", "4", "Of queries and keys, 1 to 1024.")),
          options ->
              new HistoryScore(
                  options.integer("rows", 1, 4096), options.integer("dimensions", 1, 1024)));

  @Override
  public boolean needsClasses() {
    return true;
  }

  @Override
  public int recent() {
    return remembered;
  }

  @Override
  public List<Tensor> tensors(final int inputs, final int columns) {
    final double limit = Math.sqrt(3.0 / inputs);
    final double small = 0.1 * Math.sqrt(6.0 / (inputs + columns));
    return List.of(
        Tensor.of("w", small, Axis.OUT, Axis.IN),
        Tensor.zeros("b", Axis.OUT),
        Tensor.of("v", small, Axis.OUT, Axis.IN),
        Tensor.zeros("c", Axis.OUT, Axis.of(CLASSES)),
        Tensor.of("query", limit, Axis.of(dimensions), Axis.IN),
        Tensor.of("key", limit, Axis.of(dimensions), Axis.IN));
  }

  private int known(final Step step) {
    return Math.min(remembered, step.recent().rows());
  }

  /**
   * What is the same for all rows: the history's keys, then what the gate says of each of its rows
   * for each expert; behind them room for a row's query, its attention, and the gradients of both
   * and of the two.
   */
  private float[] history(final Step step, final Work work) {
    final int d = work.inputs();
    final int n = known(step);
    final int columns = work.outputs();
    final float[] kept = work.scratch(2 * (n * (dimensions + columns + 1) + dimensions));
    final float[] theta = work.theta();
    for (int j = 0; j < n; j++) {
      final int from = step.recent().place(j) * d;
      for (int k = 0; k < dimensions; k++) {
        kept[j * dimensions + k] = dot(theta, work.at("key") + k * d, step.recent().x(), from, d);
      }
      for (int e = 0; e < columns; e++) {
        kept[n * dimensions + j * columns + e] =
            dot(theta, work.at("v") + e * d, step.recent().x(), from, d)
                + theta[work.at("c") + e * CLASSES + label(step, j)];
      }
    }
    return kept;
  }

  private static int label(final Step step, final int j) {
    return step.recent().labels()[step.recent().place(j)] % CLASSES;
  }

  private static float dot(
      final float[] a, final int from, final float[] b, final int at, final int length) {
    float dot = 0;
    for (int i = 0; i < length; i++) {
      dot += a[from + i] * b[at + i];
    }
    return dot;
  }

  /** Leaves a row's query behind the history, and its attention behind that; where that is. */
  private int attend(final Step step, final Work work, final int row, final float[] kept) {
    final int d = work.inputs();
    final int n = known(step);
    final int query = n * (dimensions + work.outputs());
    final int attention = query + dimensions;
    for (int k = 0; k < dimensions; k++) {
      kept[query + k] = dot(work.theta(), work.at("query") + k * d, step.x(), row * d, d);
    }
    final float scale = (float) (1 / Math.sqrt(dimensions));
    for (int j = 0; j < n; j++) {
      kept[attention + j] = scale * dot(kept, query, kept, j * dimensions, dimensions);
    }
    FloatMath.softmax(kept, attention, n);
    return attention;
  }

  @Override
  public void forward(final Step step, final Work work, final float[] score) {
    final int columns = work.outputs();
    final int n = known(step);
    work.products()
        .affine(
            step.rows(), columns, work.inputs(), step.x(), work.theta(), 0, work.at("b"), score);
    final float[] kept = history(step, work);
    for (int r = 0; r < step.rows(); r++) {
      final int attention = attend(step, work, r, kept);
      for (int j = 0; j < n; j++) {
        for (int e = 0; e < columns; e++) {
          score[r * columns + e] += kept[attention + j] * kept[n * dimensions + j * columns + e];
        }
      }
    }
  }

  @Override
  public void backward(
      final Step step, final Work work, final float[] scoreGradient, final float[] inputGradient) {
    final int d = work.inputs();
    final int columns = work.outputs();
    final int rows = step.labelled();
    final int n = known(step);
    final float[] gradient = work.gradient();
    final float[] theta = work.theta();
    work.products().transposedTimes(columns, d, rows, scoreGradient, 0, step.x(), 0, gradient, 0);
    work.products().columnSums(rows, columns, scoreGradient, 0, gradient, work.at("b"));
    if (inputGradient != null) {
      work.products().times(rows, d, columns, scoreGradient, 0, theta, 0, inputGradient, 0);
    }
    Arrays.fill(gradient, work.at("v"), work.at("key") + dimensions * d, 0);
    final float[] kept = history(step, work);
    final int half = n * (dimensions + columns + 1) + dimensions;
    Arrays.fill(kept, half, 2 * half, 0);
    final float scale = (float) (1 / Math.sqrt(dimensions));
    for (int r = 0; r < rows; r++) {
      final int attention = attend(step, work, r, kept);
      final int query = attention - dimensions;
      // Of each attention its gradient, at the place of its own in the second half.
      float mean = 0;
      for (int j = 0; j < n; j++) {
        float g = 0;
        for (int e = 0; e < columns; e++) {
          final float of = scoreGradient[r * columns + e];
          g += of * kept[n * dimensions + j * columns + e];
          kept[half + n * dimensions + j * columns + e] += of * kept[attention + j];
        }
        kept[half + attention + j] = g;
        mean += g * kept[attention + j];
      }
      Arrays.fill(kept, half + query, half + query + dimensions, 0);
      for (int j = 0; j < n; j++) {
        final float g = scale * kept[attention + j] * (kept[half + attention + j] - mean);
        for (int k = 0; k < dimensions; k++) {
          kept[half + query + k] += g * kept[j * dimensions + k];
          kept[half + j * dimensions + k] += g * kept[query + k];
        }
      }
      for (int k = 0; k < dimensions; k++) {
        final float g = kept[half + query + k];
        final int at = work.at("query") + k * d;
        for (int i = 0; i < d; i++) {
          gradient[at + i] += g * step.x()[r * d + i];
          if (inputGradient != null) {
            inputGradient[r * d + i] += g * theta[at + i];
          }
        }
      }
    }
    throughHistory(step, work, kept, half);
  }

  /** From the gradients of the keys, and of what is said of each remembered row. */
  private void throughHistory(
      final Step step, final Work work, final float[] kept, final int half) {
    final int d = work.inputs();
    final int n = known(step);
    final int columns = work.outputs();
    final float[] gradient = work.gradient();
    for (int j = 0; j < n; j++) {
      final int from = step.recent().place(j) * d;
      for (int k = 0; k < dimensions; k++) {
        add(gradient, work.at("key") + k * d, kept[half + j * dimensions + k], step, from, d);
      }
      for (int e = 0; e < columns; e++) {
        final float g = kept[half + n * dimensions + j * columns + e];
        add(gradient, work.at("v") + e * d, g, step, from, d);
        gradient[work.at("c") + e * CLASSES + label(step, j)] += g;
      }
    }
  }

  private static void add(
      final float[] to, final int at, final float g, final Step step, final int from, final int d) {
    for (int i = 0; i < d; i++) {
      to[at + i] += g * step.recent().x()[from + i];
    }
  }

  @Override
  public String text() {
    return "history(" + remembered + "," + dimensions + ")";
  }
}
