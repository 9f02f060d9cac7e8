package dev.braid.experts.moe.life;

import dev.braid.experts.moe.Life;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.List;

/**
 * Draws the experts' parameters towards 0: half the weight times their squares is added to the loss
 * of each step in which an expert learns.
 *
 * @param weight above 0, to 1
 */
public record WeightDecay(double weight) implements Life {
  static final Word<Life> WORD =
      new Word<>(
          "weight-decay",
          "Draws the parameters of experts that learn towards 0.",
          List.of(new Option("weight", "0.001", "Factor of the parameters, above 0, to 1.")),
          options -> new WeightDecay(options.real("weight", 1e-12, 1)));

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
      gradient[i] += factor * theta[i];
    }
  }

  @Override
  public String text() {
    return "weight-decay(" + weight + ")";
  }
}
