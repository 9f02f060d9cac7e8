package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Assign;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * The fewest experts whose softmax sums to a share: rows that the gate is unsure of get more of
 * them (Huang et al. 2024, "Harder Tasks Need More Experts", section 3.2). Weights are normalised.
 *
 * @param share above 0, to 1
 */
public record TopP(double share) implements Assign {
  static final Word<Assign> WORD =
      new Word<>(
          "top-p",
          "The fewest experts whose softmax sums to a share compute a row, with weights that sum to"
              + " 1; the penalty entropy keeps them few.",
          List.of(new Option("share", "0.5", "The share, above 0, to 1.")),
          options -> new TopP(options.real("share", 1e-6, 1)));

  @Override
  public int most(final int experts) {
    return experts;
  }

  @Override
  public void predict(final Routing routing, final int from, final int to) {
    routing.softmax(from, to);
    final int columns = routing.columns();
    for (int r = from; r < to; r++) {
      Arrays.fill(routing.taken, false);
      final int first = routing.size();
      float sum = 0;
      for (int count = 0; count < routing.alive() && (count == 0 || sum < share); count++) {
        final int best = routing.largestLeft(r * columns);
        routing.taken[best] = true;
        sum += routing.affinity[r * columns + best];
        routing.add(r, best, routing.affinity[r * columns + best]);
      }
      routing.normalise(first);
    }
  }

  @Override
  public void backward(final Step step, final Routing routing) {
    routing.throughNormalisedWeights();
    routing.throughSoftmax(step.labelled());
  }

  @Override
  public String text() {
    return "top-p(" + share + ")";
  }
}
