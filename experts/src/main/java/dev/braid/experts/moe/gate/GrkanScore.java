package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.FloatMath;
import dev.braid.experts.moe.Products;
import dev.braid.experts.moe.Score;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.experts.moe.net.Splines;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * A gated residual Kolmogorov-Arnold network: two layers of splines, a gated linear unit over them,
 * and the row, projected, beside it; the experts' scores are normalised for each row (Inzirillo and
 * Genet 2024, "A Gated Residual Kolmogorov-Arnold Networks for Mixtures of Experts", section 3).
 *
 * @param hidden units of both layers
 * @param cells of the splines' grid
 */
public record GrkanScore(int hidden, int cells) implements Score {
  private static final float LEAST = 1e-4f;

  static final Word<Score> WORD =
      new Word<>(
          "grkan",
          "A gated residual network of splines, whose scores are normalised for each row.",
          List.of(
              new Option("hidden", "4", "Units of both layers, 1 to 1024."),
              new Option("cells", "4", "Of the splines' grid, 1 to 64.")),
          options ->
              new GrkanScore(options.integer("hidden", 1, 1024), options.integer("cells", 1, 64)));

  @Override
  public List<Tensor> tensors(final int inputs, final int columns) {
    final Axis units = Axis.of(hidden);
    final Axis each = Axis.of(Splines.coefficients(cells));
    final double wide = Math.sqrt(3.0 / inputs);
    final double narrow = Math.sqrt(3.0 / hidden);
    return List.of(
        Tensor.of("w1", wide, units, Axis.IN),
        Tensor.of("c1", 0.1 * wide, units, Axis.IN, each),
        Tensor.of("w2", narrow, units, Axis.of(hidden)),
        Tensor.of("c2", 0.1 * narrow, units, Axis.of(hidden), each),
        Tensor.of("gate", narrow, Axis.OUT, units),
        Tensor.zeros("gate-bias", Axis.OUT),
        Tensor.of("value", narrow, Axis.OUT, units),
        Tensor.zeros("value-bias", Axis.OUT),
        Tensor.of("residual", wide, Axis.OUT, Axis.IN),
        Tensor.zeros("gain", Axis.OUT),
        Tensor.zeros("bias", Axis.OUT));
  }

  /**
   * All that a row goes through, each for all rows: both layers, gate, value, the normalised sum,
   * and one number for its deviation. As much room again is behind it, and that of the splines.
   */
  private float[] pass(final Step step, final Work work, final int rows) {
    final int columns = work.outputs();
    final int d = work.inputs();
    final int h = rows * hidden;
    final int e = rows * columns;
    final int all = 2 * h + 3 * e + rows;
    final float[] theta = work.theta();
    final float[] kept = work.scratch(2 * all + Splines.ROOM);
    Splines.forward(
        d, hidden, cells, rows, step.x(), 0, theta, 0, work.at("c1"), kept, 0, kept, 2 * all);
    Splines.forward(
        hidden,
        hidden,
        cells,
        rows,
        kept,
        0,
        theta,
        work.at("w2"),
        work.at("c2"),
        kept,
        h,
        kept,
        2 * all);
    final Products products = work.products();
    products.timesTransposed(
        rows, columns, hidden, kept, h, theta, work.at("gate"), false, kept, 2 * h);
    products.timesTransposed(
        rows, columns, hidden, kept, h, theta, work.at("value"), false, kept, 2 * h + e);
    products.timesTransposed(
        rows, columns, d, step.x(), 0, theta, work.at("residual"), false, kept, 2 * h + 2 * e);
    for (int i = 0; i < e; i++) {
      final int column = i % columns;
      kept[2 * h + i] = FloatMath.sigmoid(kept[2 * h + i] + theta[work.at("gate-bias") + column]);
      kept[2 * h + e + i] += theta[work.at("value-bias") + column];
      kept[2 * h + 2 * e + i] += kept[2 * h + i] * kept[2 * h + e + i];
    }
    for (int r = 0; r < rows; r++) {
      kept[2 * h + 3 * e + r] = normalise(kept, 2 * h + 2 * e + r * columns, columns);
    }
    return kept;
  }

  /** To mean 0 and variance 1; what was divided by. */
  private static float normalise(final float[] values, final int from, final int length) {
    float mean = 0;
    for (int i = from; i < from + length; i++) {
      mean += values[i] / length;
    }
    float variance = LEAST;
    for (int i = from; i < from + length; i++) {
      values[i] -= mean;
      variance += values[i] * values[i] / length;
    }
    final float deviation = (float) Math.sqrt(variance);
    for (int i = from; i < from + length; i++) {
      values[i] /= deviation;
    }
    return deviation;
  }

  @Override
  public void forward(final Step step, final Work work, final float[] score) {
    final int columns = work.outputs();
    final int rows = step.rows();
    final float[] kept = pass(step, work, rows);
    final float[] theta = work.theta();
    final int normalised = 2 * rows * hidden + 2 * rows * columns;
    for (int i = 0; i < rows * columns; i++) {
      final float gain = 1 + theta[work.at("gain") + i % columns];
      score[i] = gain * kept[normalised + i] + theta[work.at("bias") + i % columns];
    }
  }

  @Override
  public void backward(
      final Step step, final Work work, final float[] scoreGradient, final float[] inputGradient) {
    final int columns = work.outputs();
    final int d = work.inputs();
    final int rows = step.labelled();
    final int h = rows * hidden;
    final int e = rows * columns;
    final int all = 2 * h + 3 * e + rows;
    final float[] kept = pass(step, work, rows);
    final float[] gradient = work.gradient();
    final float[] theta = work.theta();
    Arrays.fill(gradient, 0, work.at("bias") + columns, 0);
    for (int r = 0; r < rows; r++) {
      throughNorm(work, scoreGradient, r, kept, rows, all);
    }
    final Products products = work.products();
    final int sum = all + 2 * h + 2 * e;
    products.transposedTimes(
        columns, d, rows, kept, sum, step.x(), 0, gradient, work.at("residual"));
    for (int i = 0; i < e; i++) {
      final float gate = kept[2 * h + i];
      final float g = kept[sum + i];
      kept[all + 2 * h + i] = g * kept[2 * h + e + i] * gate * (1 - gate);
      kept[all + 2 * h + e + i] = g * gate;
    }
    Arrays.fill(kept, all + h, all + 2 * h, 0);
    throughUnit(work, rows, kept, all, 2 * h, work.at("gate"), work.at("gate-bias"));
    throughUnit(work, rows, kept, all, 2 * h + e, work.at("value"), work.at("value-bias"));
    final int room = 2 * all;
    Splines.backward(
        hidden,
        hidden,
        cells,
        rows,
        kept,
        0,
        theta,
        work.at("w2"),
        work.at("c2"),
        kept,
        all + h,
        gradient,
        kept,
        all,
        kept,
        room);
    Splines.backward(
        d,
        hidden,
        cells,
        rows,
        step.x(),
        0,
        theta,
        0,
        work.at("c1"),
        kept,
        all,
        gradient,
        inputGradient,
        0,
        kept,
        room);
    for (int i = 0; inputGradient != null && i < rows * d; i++) {
      for (int o = 0; o < columns; o++) {
        inputGradient[i] +=
            kept[sum + i / d * columns + o] * theta[work.at("residual") + o * d + i % d];
      }
    }
  }

  /** Through one of the linear maps of the gated unit, adding to the second layer's gradient. */
  private void throughUnit(
      final Work work,
      final int rows,
      final float[] kept,
      final int all,
      final int of,
      final int w,
      final int b) {
    final int columns = work.outputs();
    final int h = rows * hidden;
    final Products products = work.products();
    products.transposedTimes(columns, hidden, rows, kept, all + of, kept, h, work.gradient(), w);
    products.columnSums(rows, columns, kept, all + of, work.gradient(), b);
    products.times(rows, hidden, columns, kept, all + of, work.theta(), w, kept, all);
    for (int i = 0; i < h; i++) {
      kept[all + h + i] += kept[all + i];
    }
  }

  /** Of a row's scores to that of the sums before they were normalised. */
  private void throughNorm(
      final Work work,
      final float[] scoreGradient,
      final int row,
      final float[] kept,
      final int rows,
      final int all) {
    final int columns = work.outputs();
    final int at = 2 * rows * (hidden + columns) + row * columns;
    float mean = 0;
    float inner = 0;
    for (int o = 0; o < columns; o++) {
      final float g = scoreGradient[row * columns + o];
      work.gradient()[work.at("gain") + o] += g * kept[at + o];
      work.gradient()[work.at("bias") + o] += g;
      final float scaled = g * (1 + work.theta()[work.at("gain") + o]);
      kept[all + at + o] = scaled;
      mean += scaled / columns;
      inner += scaled * kept[at + o] / columns;
    }
    final float deviation = kept[2 * rows * hidden + 3 * rows * columns + row];
    for (int o = 0; o < columns; o++) {
      kept[all + at + o] = (kept[all + at + o] - mean - kept[at + o] * inner) / deviation;
    }
  }

  @Override
  public String text() {
    return "grkan(" + hidden + "," + cells + ")";
  }
}
