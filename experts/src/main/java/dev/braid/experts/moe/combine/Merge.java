package dev.braid.experts.moe.combine;

import dev.braid.experts.moe.Combine;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import java.util.Arrays;
import java.util.List;

/**
 * Each row is computed by one net, whose parameters are the weighted sum of those of the row's
 * experts (SMEAR, Muqeeth et al. 2024, "Soft Merging of Experts with Adaptive Routing"): the gate
 * has the exact gradient of what is computed, and the row costs one expert.
 */
public record Merge() implements Combine {
  static final Word<Combine> WORD =
      new Word<>(
          "merge",
          "Each row is computed by one net, the weighted sum of its experts' parameters.",
          List.of(),
          options -> new Merge());

  @Override
  public boolean mergesParameters() {
    return true;
  }

  @Override
  public void forward(final Step step, final boolean learning, final float[] logits) {
    final Routing routing = step.routing();
    Arrays.fill(logits, 0, step.rows() * step.outputs(), 0);
    for (int first = 0, end; first < routing.chosen(); first = end) {
      end = end(routing, first);
      step.merged().forward(first, end, learning, logits);
    }
  }

  @Override
  public void backward(final Step step, final float[] logitGradient) {
    final Routing routing = step.routing();
    int first = 0;
    while (first < routing.chosen() && routing.row(first) < step.labelled()) {
      final int end = end(routing, first);
      step.merged().backward(first, end, logitGradient);
      first = end;
    }
  }

  /** One behind the last pair of a row. */
  private static int end(final Routing routing, final int first) {
    int end = first + 1;
    while (end < routing.chosen() && routing.row(end) == routing.row(first)) {
      end++;
    }
    return end;
  }

  @Override
  public String text() {
    return "merge";
  }
}
