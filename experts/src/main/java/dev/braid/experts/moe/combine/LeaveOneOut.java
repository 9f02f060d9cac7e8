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
 * The gate weighs who is left out: a row's logits are the sum, over its experts, of the weight of
 * each times the sum of all others, made larger by {@code h / (h - 1)} for h experts (MAE, Peng et
 * al. 2020, "A Mixture of h - 1 Heads is Better than h Heads", section 2). Experts and weights
 * learn in turn (section 3, block coordinate descent): the weights in every so many steps alone.
 * Where a row has one expert, that answers.
 *
 * @param every training steps from one in which the weights learn to the next, 1 or more
 */
public record LeaveOneOut(int every) implements Combine {
  static final Word<Combine> WORD =
      new Word<>(
          "leave-one-out",
          "The gate weighs who of a row's experts is left out of the sum of the others.",
          List.of(
              new Option(
                  "every", "5", "Training steps from one in which the weights learn to the next.")),
          options -> new LeaveOneOut(options.integer("every", 1, 1 << 20)));

  @Override
  public void forward(final Step step, final boolean learning, final float[] logits) {
    final int c = step.outputs();
    final Routing routing = step.routing();
    Arrays.fill(logits, 0, step.rows() * c, 0);
    for (int e = 0; e < step.experts(); e++) {
      final ExpertRows expert = step.expert(e);
      for (int i = 0; i < expert.rows(); i++) {
        final float factor = factor(routing, expert.pair(i));
        final int to = expert.row(i) * c;
        for (int j = 0; j < c; j++) {
          logits[to + j] += factor * expert.out()[i * c + j];
        }
      }
    }
  }

  /** How many experts the row of a pair has; 0 for a shared one. */
  private static int count(final Routing routing, final int pair) {
    int count = 0;
    for (int p = pair; p >= 0 && isOfRow(routing, p, pair); p--) {
      count++;
    }
    for (int p = pair + 1; isOfRow(routing, p, pair); p++) {
      count++;
    }
    return count;
  }

  private static boolean isOfRow(final Routing routing, final int p, final int pair) {
    return p < routing.chosen() && routing.row(p) == routing.row(pair);
  }

  /** Each is in all sums but the one that leaves it out. */
  private static float factor(final Routing routing, final int pair) {
    final int count = count(routing, pair);
    final float weight = routing.weight(pair);
    return count < 2 ? weight : (1 - weight) * count / (count - 1);
  }

  @Override
  public void backward(final Step step, final float[] logitGradient) {
    final int c = step.outputs();
    final Routing routing = step.routing();
    final boolean weightsLearn = (step.number() + 1) % every == 0;
    for (int e = 0; e < step.experts(); e++) {
      final ExpertRows expert = step.expert(e);
      final float[] out = expert.out();
      for (int i = 0; i < expert.labelled(); i++) {
        final int pair = expert.pair(i);
        final int count = count(routing, pair);
        final float factor = factor(routing, pair);
        final int from = expert.row(i) * c;
        float inner = 0;
        for (int j = 0; j < c; j++) {
          inner += logitGradient[from + j] * out[i * c + j];
          out[i * c + j] = factor * logitGradient[from + j];
        }
        final float slope = count < 2 ? 1 : -(float) count / (count - 1);
        routing.weightGradient(pair, weightsLearn ? slope * inner : 0);
      }
    }
  }

  @Override
  public String text() {
    return "leave-one-out(" + every + ")";
  }
}
