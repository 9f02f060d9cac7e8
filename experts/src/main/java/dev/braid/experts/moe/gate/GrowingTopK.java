package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Assign;
import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.List;

/**
 * As top-k, with more experts of a row the longer it learns (SMoE-Dropout, Chen et al. 2023,
 * section 3.2, where the gate beside it is random and fixed: the score {@code fixed-keys}).
 *
 * @param from experts of a row at first, 1 or more
 * @param to experts of a row in the end
 * @param every training steps until there is one more, 1 or more
 */
public record GrowingTopK(int from, int to, int every) implements Assign {
  static final Word<Assign> WORD =
      new Word<>(
          "growing-top-k",
          "The experts with the largest softmax, more of them the longer the layer learns.",
          List.of(
              new Option("from", "1", "Experts of a row at first, 1 to 4096."),
              new Option("to", "3", "Experts of a row in the end, no fewer, to 4096."),
              new Option("every", "500", "Training steps until there is one more, 1 or more.")),
          options ->
              new GrowingTopK(
                  options.integer("from", 1, 4096),
                  options.integer("to", 1, 4096),
                  options.integer("every", 1, 1 << 20)));

  public GrowingTopK {
    if (from < 1 || to < from) {
      throw new IllegalArgumentException(
          "experts of a row grow from 1 or more, not from " + from + " to " + to);
    }
  }

  @Override
  public int most(final int experts) {
    return to;
  }

  /** Training steps until now, as far as they count. */
  @Override
  public List<Tensor> memory() {
    return List.of(Tensor.zeros("age", Axis.of(1)));
  }

  private int chosen(final Routing routing) {
    return Math.min(to, from + (int) (routing.memory[0] / every));
  }

  @Override
  public void predict(final Routing routing, final int first, final int end) {
    final int chosen = chosen(routing);
    routing.chooseLargestOfSoftmax(first, end, chosen, chosen > 1);
  }

  @Override
  public void backward(final Step step, final Routing routing) {
    if (chosen(routing) > 1) {
      routing.throughNormalisedWeights();
    } else {
      routing.throughWeights();
    }
    routing.throughSoftmax(step.labelled());
    routing.memory[0] = Math.min((float) every * (to - from), routing.memory[0] + 1);
  }

  @Override
  public String text() {
    return "growing-top-k(" + from + "," + to + "," + every + ")";
  }
}
