package dev.braid.experts.moe.combine;

import dev.braid.experts.moe.Combine;
import dev.braid.experts.moe.ExpertRows;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import java.util.Arrays;
import java.util.List;

/**
 * The logits are the weighted sum of the experts'. With L the loss, z the layer's logits, o_e those
 * of expert e and g_e its weight: dL/do_e = g_e dL/dz, and dL/dg_e = o_e . dL/dz.
 */
public record WeightedSum() implements Combine {
  static final Word<Combine> WORD =
      new Word<>(
          "sum",
          "The layer's logits are the weighted sum of the experts'.",
          List.of(),
          options -> new WeightedSum());

  @Override
  public void forward(final Step step, final boolean learning, final float[] logits) {
    final int c = step.outputs();
    final Routing routing = step.routing();
    Arrays.fill(logits, 0, step.rows() * c, 0);
    for (int e = 0; e < step.experts(); e++) {
      final ExpertRows expert = step.expert(e);
      final float[] out = expert.out();
      for (int i = 0; i < expert.rows(); i++) {
        final float factor = routing.weight(expert.pair(i));
        final int to = expert.row(i) * c;
        for (int j = 0; j < c; j++) {
          logits[to + j] += factor * out[i * c + j];
        }
      }
    }
  }

  @Override
  public void backward(final Step step, final float[] logitGradient) {
    final int c = step.outputs();
    final Routing routing = step.routing();
    for (int e = 0; e < step.experts(); e++) {
      final ExpertRows expert = step.expert(e);
      final float[] out = expert.out();
      for (int i = 0; i < expert.labelled(); i++) {
        final int pair = expert.pair(i);
        final float factor = routing.weight(pair);
        final int from = expert.row(i) * c;
        float inner = 0;
        for (int j = 0; j < c; j++) {
          inner += logitGradient[from + j] * out[i * c + j];
          out[i * c + j] = factor * logitGradient[from + j];
        }
        routing.weightGradient(pair, inner);
      }
    }
  }

  @Override
  public String text() {
    return "sum";
  }
}
