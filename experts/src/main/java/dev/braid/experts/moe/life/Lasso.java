package dev.braid.experts.moe.life;

import dev.braid.experts.moe.Life;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.List;

/**
 * Draws the experts' parameters towards 0 by the sum of their sizes, so that those that do not
 * matter become small together (the penalty of "Non-asymptotic oracle inequalities for the Lasso in
 * high-dimensional mixture of experts", Nguyen et al. 2020, section 2). A parameter that is 0
 * stays.
 *
 * @param weight above 0, to 1
 */
public record Lasso(double weight) implements Life {
  static final Word<Life> WORD =
      new Word<>(
          "lasso",
          "Draws the parameters of experts that learn towards 0, each as much as any other.",
          List.of(new Option("weight", "0.0001", "Of the sum of sizes, above 0, to 1.")),
          options -> new Lasso(options.real("weight", 1e-12, 1)));

  @Override
  public void gradient(
      final Step step,
      final int expert,
      final float[] theta,
      final float[] gradient,
      final float[] memory,
      final float[] own,
      final int at) {
    final float factor = (float) weight;
    for (int i = 0; i < theta.length; i++) {
      gradient[i] += factor * Math.signum(theta[i]);
    }
  }

  @Override
  public String text() {
    return "lasso(" + weight + ")";
  }
}
