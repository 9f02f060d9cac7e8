package dev.braid.experts.moe.added;

import dev.braid.experts.moe.Assign;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import java.util.List;

/** All experts on every row, each weighted by the sigmoid of its own score. */
record Independent() implements Assign {
  static final Word<Assign> WORD =
      new Word<>(
          "independent",
          "Every expert computes every row, weighted by the sigmoid of its score.",
          List.of(),
          options -> new Independent());

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
    routing.sigmoid(from, to);
    for (int r = from; r < to; r++) {
      routing.chooseLargest(r, routing.columns(), false);
    }
  }

  @Override
  public void backward(final Step step, final Routing routing) {
    routing.throughWeights();
    routing.throughSigmoid(step.labelled());
  }

  @Override
  public String text() {
    return "independent";
  }
}
