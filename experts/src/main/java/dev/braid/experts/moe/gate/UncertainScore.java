package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Products;
import dev.braid.experts.moe.Score;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.Work;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * A net of one hidden layer that is asked several times, each time without other hidden units. An
 * expert's score is the mean m of what it says, and counts less the more that varies: {@code m / (1
 * + s)} with s the standard deviation (the uncertainty-aware router of "Efficient Deweather
 * Mixture-of-Experts with Uncertainty-aware Feature-wise Linear Modulation", Zhang et al. 2023,
 * section 3.3). Which units are left out is counted, and alike for all rows of a step.
 *
 * @param hidden units, 1 or more
 * @param passes times that it is asked, 2 or more
 * @param rate of the units that a pass leaves out, 0 to below 1
 */
public record UncertainScore(int hidden, int passes, double rate) implements Score {
  /** Tells its random numbers from those of other parts; a purpose follows for each pass. */
  private static final int PURPOSE = 0x0d500000;

  /** Added to a variance, so that its root has a slope. */
  private static final float LEAST = 1e-6f;

  static final Word<Score> WORD =
      new Word<>(
          "uncertain",
          "A net that is asked several times without some of its units; scores count less the more"
              + " its answers vary.",
          List.of(
              new Option("hidden", "16", "Hidden units, 1 to 65536."),
              new Option("passes", "4", "Times that it is asked, 2 to 64."),
              new Option("rate", "0.1", "Of the units that are left out each time, to 0.9.")),
          options ->
              new UncertainScore(
                  options.integer("hidden", 1, 65_536),
                  options.integer("passes", 2, 64),
                  options.real("rate", 0, 0.9)));

  @Override
  public List<Tensor> tensors(final int inputs, final int columns) {
    return List.of(
        Tensor.of("w1", Math.sqrt(6.0 / inputs), Axis.of(hidden), Axis.IN),
        Tensor.zeros("b1", Axis.of(hidden)),
        Tensor.of("w2", 0.1 * Math.sqrt(6.0 / (hidden + columns)), Axis.OUT, Axis.of(hidden)),
        Tensor.zeros("b2", Axis.OUT));
  }

  /** The hidden units of all rows, then room for their gradients and for one row's answers. */
  private float[] units(final Step step, final Work work, final int rows) {
    final int all = rows * hidden;
    final float[] units = work.scratch(2 * all + passes * (hidden + 1));
    final Products products = work.products();
    products.affine(rows, hidden, work.inputs(), step.x(), work.theta(), 0, work.at("b1"), units);
    for (int i = 0; i < all; i++) {
      units[i] = Math.max(0, units[i]);
    }
    for (int p = 0; p < passes; p++) {
      for (int h = 0; h < hidden; h++) {
        final boolean kept = step.random(h, PURPOSE + p) >= rate;
        units[2 * all + p * hidden + h] = kept ? (float) (1 / (1 - rate)) : 0;
      }
    }
    return units;
  }

  /** What each pass says of an expert for a row, behind everything else. */
  private float answer(
      final Work work, final float[] units, final int all, final int row, final int expert) {
    final int w2 = work.at("w2") + expert * hidden;
    final int to = 2 * all + passes * hidden;
    float mean = 0;
    for (int p = 0; p < passes; p++) {
      float sum = work.theta()[work.at("b2") + expert];
      for (int h = 0; h < hidden; h++) {
        sum += work.theta()[w2 + h] * units[row * hidden + h] * units[2 * all + p * hidden + h];
      }
      units[to + p] = sum;
      mean += sum / passes;
    }
    return mean;
  }

  private float deviation(final float[] units, final int answers, final float mean) {
    float variance = LEAST;
    for (int p = 0; p < passes; p++) {
      variance += (units[answers + p] - mean) * (units[answers + p] - mean) / passes;
    }
    return (float) Math.sqrt(variance);
  }

  @Override
  public void forward(final Step step, final Work work, final float[] score) {
    final int columns = work.outputs();
    final int all = step.rows() * hidden;
    final float[] units = units(step, work, step.rows());
    for (int i = 0; i < step.rows() * columns; i++) {
      final float mean = answer(work, units, all, i / columns, i % columns);
      score[i] = mean / (1 + deviation(units, 2 * all + passes * hidden, mean));
    }
  }

  @Override
  public void backward(
      final Step step, final Work work, final float[] scoreGradient, final float[] inputGradient) {
    final int d = work.inputs();
    final int columns = work.outputs();
    final int rows = step.labelled();
    final int all = rows * hidden;
    final float[] units = units(step, work, rows);
    final float[] gradient = work.gradient();
    Arrays.fill(gradient, work.at("w2"), work.at("b2") + columns, 0);
    Arrays.fill(units, all, 2 * all, 0);
    for (int i = 0; i < rows * columns; i++) {
      throughAnswers(work, units, all, i / columns, i % columns, scoreGradient[i]);
    }
    for (int i = 0; i < all; i++) {
      units[all + i] = units[i] > 0 ? units[all + i] : 0;
    }
    final Products products = work.products();
    products.transposedTimes(hidden, d, rows, units, all, step.x(), 0, gradient, 0);
    products.columnSums(rows, hidden, units, all, gradient, work.at("b1"));
    if (inputGradient != null) {
      products.times(rows, d, hidden, units, all, work.theta(), 0, inputGradient, 0);
    }
  }

  /** With s the deviation of answers a_p, the score's slope is (1 - m (a_p - m) / (s (1+s))). */
  private void throughAnswers(
      final Work work,
      final float[] units,
      final int all,
      final int row,
      final int expert,
      final float outer) {
    final int answers = 2 * all + passes * hidden;
    final float mean = answer(work, units, all, row, expert);
    final float deviation = deviation(units, answers, mean);
    final float each = outer / passes / (1 + deviation);
    final int w2 = work.at("w2") + expert * hidden;
    for (int p = 0; p < passes; p++) {
      final float apart = (units[answers + p] - mean) / deviation;
      final float own = each * (1 - mean * apart / (1 + deviation));
      work.gradient()[work.at("b2") + expert] += own;
      for (int h = 0; h < hidden; h++) {
        final float through = own * units[2 * all + p * hidden + h];
        work.gradient()[w2 + h] += through * units[row * hidden + h];
        units[all + row * hidden + h] += through * work.theta()[w2 + h];
      }
    }
  }

  @Override
  public String text() {
    return "uncertain(" + hidden + "," + passes + "," + rate + ")";
  }
}
