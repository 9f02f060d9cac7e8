package dev.braid.experts.moe.combine;

import dev.braid.experts.moe.Combine;
import dev.braid.experts.moe.ExpertRows;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * Learns as the weighted sum does, and answers with what that has over a weaker choice: (1 + b)
 * times the logits of the row's experts less b times those of the one among them that the gate
 * leans to least, both with the shared experts (Shi et al. 2024, "Unchosen Experts Can Contribute
 * Too: Unleashing MoE Models' Power by Self-Contrast"). A row of one expert has nothing to
 * contrast.
 *
 * @param strength b, 0 to 10
 */
public record Contrast(double strength) implements Combine {
  static final Word<Combine> WORD =
      new Word<>(
          "contrast",
          "Learns as sum does; answers with what the sum has over the weakest of the row's"
              + " experts.",
          List.of(new Option("strength", "0.5", "How much of the difference is added, 0 to 10.")),
          options -> new Contrast(options.real("strength", 0, 10)));

  private static final Combine SUM = new WeightedSum();

  @Override
  public boolean needsClasses() {
    return true;
  }

  @Override
  public boolean differsWhenLearning() {
    return true;
  }

  @Override
  public void forward(final Step step, final boolean learning, final float[] logits) {
    if (learning) {
      SUM.forward(step, true, logits);
      return;
    }
    final int c = step.outputs();
    Arrays.fill(logits, 0, step.rows() * c, 0);
    for (int e = 0; e < step.experts(); e++) {
      final ExpertRows expert = step.expert(e);
      for (int i = 0; i < expert.rows(); i++) {
        final float factor = factor(step.routing(), expert.pair(i));
        final int to = expert.row(i) * c;
        for (int j = 0; j < c; j++) {
          logits[to + j] += factor * expert.out()[i * c + j];
        }
      }
    }
  }

  private float factor(final Routing routing, final int pair) {
    final boolean shared = pair >= routing.chosen();
    if (shared) {
      // In the stronger choice as in the weaker.
      return routing.weight(pair);
    }
    int first = pair;
    while (first > 0 && routing.row(first - 1) == routing.row(pair)) {
      first--;
    }
    int weakest = first;
    int end = first;
    for (; end < routing.chosen() && routing.row(end) == routing.row(pair); end++) {
      weakest = routing.weight(end) < routing.weight(weakest) ? end : weakest;
    }
    if (end == first + 1) {
      return routing.weight(pair);
    }
    return (float) ((1 + strength) * routing.weight(pair) - (pair == weakest ? strength : 0));
  }

  @Override
  public void backward(final Step step, final float[] logitGradient) {
    SUM.backward(step, logitGradient);
  }

  @Override
  public String text() {
    return "contrast(" + strength + ")";
  }
}
