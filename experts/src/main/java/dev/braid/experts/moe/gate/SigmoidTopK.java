package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Assign;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.List;

/**
 * The experts with the largest sigmoid, weights normalised over those chosen (DeepSeek-V3, 2024,
 * equations 13 to 15); meant for use beside shared experts (DeepSeekMoE, Dai et al. 2024, section
 * 3.2).
 *
 * @param chosen experts per row, 2 or more: the normalised weight of one is always 1
 */
public record SigmoidTopK(int chosen) implements Assign {
  static final Word<Assign> WORD =
      new Word<>(
          "sigmoid-top-k",
          "The experts with the largest sigmoid compute a row, with weights that sum to 1.",
          List.of(new Option("chosen", "2", "Experts per row, 2 to 4096.")),
          options -> new SigmoidTopK(options.integer("chosen", 2, 4096)));

  public SigmoidTopK {
    if (chosen < 2) {
      throw new IllegalArgumentException(
          "a sigmoid gate chooses 2 experts or more, since the weight of one would always be 1");
    }
  }

  @Override
  public int most(final int experts) {
    return chosen;
  }

  @Override
  public void predict(final Routing routing, final int from, final int to) {
    routing.sigmoid(from, to);
    for (int r = from; r < to; r++) {
      routing.chooseLargest(r, chosen, true);
    }
  }

  @Override
  public void backward(final Step step, final Routing routing) {
    routing.throughNormalisedWeights();
    routing.throughSigmoid(step.labelled());
  }

  @Override
  public String text() {
    return "sigmoid-top-k(" + chosen + ")";
  }
}
