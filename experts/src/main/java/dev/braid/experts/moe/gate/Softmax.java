package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Assign;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import java.util.List;

/** All experts on every row, weighted by the softmax of the scores (Jacobs et al. 1991). */
public record Softmax() implements Assign {
  static final Word<Assign> WORD =
      new Word<>(
          "softmax",
          "Every expert computes every row, weighted by the softmax of the scores.",
          List.of(),
          options -> new Softmax());

  @Override
  public int most(final int experts) {
    return experts;
  }

  @Override
  public boolean asksAll() {
    return true;
  }

  @Override
  public void predict(final Routing routing, final int from, final int to) {
    routing.chooseLargestOfSoftmax(from, to, routing.columns(), false);
  }

  @Override
  public void backward(final Step step, final Routing routing) {
    routing.throughWeights();
    routing.throughSoftmax(step.labelled());
  }

  @Override
  public String text() {
    return "softmax";
  }
}
