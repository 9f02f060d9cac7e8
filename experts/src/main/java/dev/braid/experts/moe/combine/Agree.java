package dev.braid.experts.moe.combine;

import dev.braid.experts.moe.Combine;
import dev.braid.experts.moe.ExpertRows;
import dev.braid.experts.moe.FloatMath;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * The weighted sum, and a further loss that the experts of a row say the same: the mean of both
 * Kullback-Leibler divergences of two of them, of one after another where there are more (THOR, Zuo
 * et al. 2022, "Taming Sparsely Activated Transformer with Stochastic Experts", section 3.2, with
 * the score {@code random}). With p and q what two say, its gradient with respect to the logits
 * behind p is {@code (p (log p/q - KL(p, q)) + p - q) / 2}.
 *
 * @param weight of the loss, 0 to 100
 */
public record Agree(double weight) implements Combine {
  private static final float LEAST = 1e-6f;

  static final Word<Combine> WORD =
      new Word<>(
          "agree",
          "As sum, with a further loss that the experts of a row say the same.",
          List.of(new Option("weight", "0.2", "Factor of the loss, 0 to 100.")),
          options -> new Agree(options.real("weight", 0, 100)));

  private static final Combine SUM = new WeightedSum();

  @Override
  public boolean needsClasses() {
    return true;
  }

  @Override
  public void forward(final Step step, final boolean learning, final float[] logits) {
    SUM.forward(step, learning, logits);
  }

  @Override
  public void backward(final Step step, final float[] logitGradient) {
    final int c = step.outputs();
    final Routing routing = step.routing();
    final int size = routing.chosen() * c;
    // What each pair's expert says of its row, then the gradient of that.
    final float[] values = step.scratch(2 * size);
    for (int e = 0; e < routing.columns(); e++) {
      final ExpertRows expert = step.expert(e);
      for (int i = 0; i < expert.labelled(); i++) {
        System.arraycopy(expert.out(), i * c, values, expert.pair(i) * c, c);
        FloatMath.softmax(values, expert.pair(i) * c, c);
      }
    }
    Arrays.fill(values, size, 2 * size, 0);
    for (int p = 1; p < routing.chosen() && routing.row(p) < step.labelled(); p++) {
      if (routing.row(p) == routing.row(p - 1)) {
        differ(values, (p - 1) * c, p * c, size, c);
        differ(values, p * c, (p - 1) * c, size, c);
      }
    }
    SUM.backward(step, logitGradient);
    final float factor = (float) (weight / step.labelled());
    for (int e = 0; e < routing.columns(); e++) {
      final ExpertRows expert = step.expert(e);
      for (int i = 0; i < expert.labelled(); i++) {
        for (int j = 0; j < c; j++) {
          expert.out()[i * c + j] += factor * values[size + expert.pair(i) * c + j];
        }
      }
    }
  }

  /** Adds the gradient with respect to the logits of p. */
  private static void differ(
      final float[] values, final int p, final int q, final int gradient, final int c) {
    float divergence = 0;
    for (int j = 0; j < c; j++) {
      divergence += values[p + j] * ratio(values[p + j], values[q + j]);
    }
    for (int j = 0; j < c; j++) {
      final float of = ratio(values[p + j], values[q + j]) - divergence;
      values[gradient + p + j] += 0.5f * (values[p + j] * of + values[p + j] - values[q + j]);
    }
  }

  private static float ratio(final float p, final float q) {
    return (float) StrictMath.log(Math.max(LEAST, p) / Math.max(LEAST, q));
  }

  @Override
  public String text() {
    return "agree(" + weight + ")";
  }
}
