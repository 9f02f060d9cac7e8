package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.ExpertRows;
import dev.braid.experts.moe.Penalty;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.List;

/**
 * A row whose gradient points away from the mean gradient of its expert's rows is drawn to other
 * experts: its affinity for that one is added to the loss ("Solving Token Gradient Conflict in
 * Mixture-of-Experts for Large Vision-Language Model", Yang et al. 2024, sections 3.2 and 3.3). The
 * gradients compared are those that a linear expert would have of its weights: outer products of a
 * row's output gradient and its inputs, whose inner products need no gradient to be made.
 *
 * @param weight 0 to 10
 */
public record Conflict(double weight) implements Penalty {
  static final Word<Penalty> WORD =
      new Word<>(
          "conflict",
          "Draws rows away from experts whose other rows would have it learn the opposite.",
          List.of(new Option("weight", "0.1", "Factor of the loss, 0 to 10.")),
          options -> new Conflict(options.real("weight", 0, 10)));

  @Override
  public boolean readsOutputGradients() {
    return true;
  }

  @Override
  public void add(final Step step, final Routing routing, final float[] memory) {
    final float factor = (float) (weight / step.labelled());
    for (int e = 0; e < routing.columns(); e++) {
      final ExpertRows expert = step.expert(e);
      for (int i = 0; i < expert.labelled(); i++) {
        if (withTheMean(step, expert, i) < 0) {
          routing.gradient[expert.row(i) * routing.columns() + e] += factor;
        }
      }
    }
  }

  /**
   * Inner product of a row's gradient with the sum of all: the sign of the cosine with the mean.
   */
  private static double withTheMean(final Step step, final ExpertRows expert, final int row) {
    final int c = step.outputs();
    final int d = step.inputs();
    double sum = 0;
    for (int j = 0; j < expert.labelled(); j++) {
      double outer = 0;
      for (int k = 0; k < c; k++) {
        outer += expert.out()[row * c + k] * expert.out()[j * c + k];
      }
      double inner = 1;
      for (int k = 0; outer != 0 && k < d; k++) {
        inner += step.x()[expert.row(row) * d + k] * step.x()[expert.row(j) * d + k];
      }
      sum += outer * inner;
    }
    return sum;
  }

  @Override
  public String text() {
    return "conflict(" + weight + ")";
  }
}
