package dev.braid.experts.moe.added;

import dev.braid.experts.moe.Penalty;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.List;

/**
 * Half the mean square of the affinities.
 *
 * @param weight 0 to 1
 */
record Small(double weight) implements Penalty {
  static final Word<Penalty> WORD =
      new Word<>(
          "small",
          "Keeps the affinities small.",
          List.of(new Option("weight", "0.01", "Factor of their squares, 0 to 1.")),
          options -> new Small(options.real("weight", 0, 1)));

  @Override
  public void add(final Step step, final Routing routing, final float[] memory) {
    final float factor = (float) (weight / step.labelled());
    for (int i = 0; i < step.labelled() * routing.columns(); i++) {
      routing.gradient[i] += factor * routing.affinity[i];
    }
  }

  @Override
  public String text() {
    return "small(" + weight + ")";
  }
}
