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
 * A learned table has a row's scores by where the row lies: by the one among some inputs that is
 * largest, the value of a nominal feature such as a place or a weekday (Spatial Mixture-of-Experts,
 * Dryden and Hoefler 2022, section 3.1: the gate is a routing tensor over locations, which sees
 * nothing of the row besides; the penalty {@code teacher(error)} is its routing loss).
 *
 * @param first input of those that say the place
 * @param values inputs that say it, 2 or more
 */
public record LocatedScore(int first, int values) implements Score {
  static final Word<Score> WORD =
      new Word<>(
          "located",
          "A learned table has the scores of each value of a nominal feature: the largest of some"
              + " inputs.",
          List.of(
              new Option("first", "0", "Index of the first of these inputs."),
              new Option("values", "8", "How many inputs they are, 2 to 65536.")),
          options ->
              new LocatedScore(
                  options.integer("first", 0, 1 << 24), options.integer("values", 2, 65_536)));

  @Override
  public List<Tensor> tensors(final int inputs, final int columns) {
    return List.of(Tensor.of("table", 0.1, Axis.of(values), Axis.OUT));
  }

  @Override
  public void forward(final Step step, final Work work, final float[] score) {
    final int columns = work.outputs();
    for (int r = 0; r < step.rows(); r++) {
      final int place = Buckets.largest(step, work.inputs(), r, first, values);
      System.arraycopy(work.theta(), place * columns, score, r * columns, columns);
    }
  }

  @Override
  public void backward(
      final Step step, final Work work, final float[] scoreGradient, final float[] inputGradient) {
    final int columns = work.outputs();
    Arrays.fill(work.gradient(), 0, values * columns, 0);
    for (int r = 0; r < step.labelled(); r++) {
      final int place = Buckets.largest(step, work.inputs(), r, first, values);
      for (int e = 0; e < columns; e++) {
        work.gradient()[place * columns + e] += scoreGradient[r * columns + e];
      }
    }
    Fixed.noGradient(inputGradient, step.labelled() * work.inputs());
  }

  @Override
  public String text() {
    return "located(" + first + "," + values + ")";
  }
}
