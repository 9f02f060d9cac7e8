package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Penalty;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.List;

/**
 * The mean entropy of the rows' affinities, so that the gate decides (Huang et al. 2024, "Harder
 * Tasks Need More Experts", section 3.3).
 *
 * @param weight 0 to 1
 */
public record Entropy(double weight) implements Penalty {
  static final Word<Penalty> WORD =
      new Word<>(
          "entropy",
          "Draws the gate towards few experts for a row.",
          List.of(new Option("weight", "0.01", "Factor of the loss, 0 to 1.")),
          options -> new Entropy(options.real("weight", 0, 1)));

  @Override
  public void add(final Step step, final Routing routing, final float[] memory) {
    final float factor = (float) (weight / step.labelled());
    for (int i = 0; i < step.labelled() * routing.columns(); i++) {
      final double affinity = Math.max(routing.affinity[i], Float.MIN_NORMAL);
      routing.gradient[i] -= factor * (float) (StrictMath.log(affinity) + 1);
    }
  }

  @Override
  public String text() {
    return "entropy(" + weight + ")";
  }
}
