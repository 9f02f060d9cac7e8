package dev.braid.experts.moe.added;

import dev.braid.experts.moe.Combine;
import dev.braid.experts.moe.ExpertRows;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * The weighted sum of outputs that stay within a limit, by their hyperbolic tangent.
 *
 * @param limit of each, above 0
 */
record Capped(double limit) implements Combine {
  static final Word<Combine> WORD =
      new Word<>(
          "capped",
          "The weighted sum of outputs that stay within a limit.",
          List.of(new Option("limit", "30", "Of each output, 0.001 to 1000.")),
          options -> new Capped(options.real("limit", 0.001, 1000)));

  private float tangent(final float value) {
    return (float) StrictMath.tanh(value / limit);
  }

  @Override
  public void forward(final Step step, final boolean learning, final float[] logits) {
    final int c = step.outputs();
    Arrays.fill(logits, 0, step.rows() * c, 0);
    for (int e = 0; e < step.experts(); e++) {
      final ExpertRows expert = step.expert(e);
      for (int i = 0; i < expert.rows(); i++) {
        final float factor = step.routing().weight(expert.pair(i)) * (float) limit;
        for (int j = 0; j < c; j++) {
          logits[expert.row(i) * c + j] += factor * tangent(expert.out()[i * c + j]);
        }
      }
    }
  }

  @Override
  public void backward(final Step step, final float[] logitGradient) {
    final int c = step.outputs();
    for (int e = 0; e < step.experts(); e++) {
      final ExpertRows expert = step.expert(e);
      for (int i = 0; i < expert.labelled(); i++) {
        final int pair = expert.pair(i);
        final float factor = step.routing().weight(pair);
        float inner = 0;
        for (int j = 0; j < c; j++) {
          final float g = logitGradient[expert.row(i) * c + j];
          final float tangent = tangent(expert.out()[i * c + j]);
          inner += g * (float) limit * tangent;
          expert.out()[i * c + j] = factor * g * (1 - tangent * tangent);
        }
        step.routing().weightGradient(pair, inner);
      }
    }
  }

  @Override
  public String text() {
    return "capped(" + limit + ")";
  }
}
