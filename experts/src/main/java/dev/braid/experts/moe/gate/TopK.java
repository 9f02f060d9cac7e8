package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Assign;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.List;

/**
 * The experts with the largest softmax. For one expert the weight is its softmax, so that the gate
 * has a gradient (Switch Transformers, Fedus et al. 2021, section 2.1); for more the weights are
 * normalised over those chosen (GShard, Lepikhin et al. 2020).
 *
 * @param chosen experts per row, 1 or more
 */
public record TopK(int chosen) implements Assign {
  static final Word<Assign> WORD =
      new Word<>(
          "top-k",
          "The experts with the largest softmax compute a row, weighted by it; for more than one the"
              + " weights sum to 1.",
          List.of(new Option("chosen", "2", "Experts per row, 1 to 4096.")),
          options -> new TopK(options.integer("chosen", 1, 4096)));

  @Override
  public int most(final int experts) {
    return chosen;
  }

  @Override
  public void predict(final Routing routing, final int from, final int to) {
    routing.chooseLargestOfSoftmax(from, to, chosen, chosen > 1);
  }

  @Override
  public void backward(final Step step, final Routing routing) {
    if (chosen > 1) {
      routing.throughNormalisedWeights();
    } else {
      routing.throughWeights();
    }
    routing.throughSoftmax(step.labelled());
  }

  @Override
  public String text() {
    return "top-k(" + chosen + ")";
  }
}
