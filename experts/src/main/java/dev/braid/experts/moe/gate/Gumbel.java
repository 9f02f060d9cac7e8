package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Assign;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.List;

/**
 * The softmax of scores with Gumbel noise while learning, so that which experts learn a row is a
 * draw from the gate's distribution, and without noise when answering (Jang et al. 2017; as the
 * gate over unlike modules in "Mixture-of-Linguistic-Experts Adapters", Li et al. 2023, section
 * 3.2). Noise is counted: a function of seed, step, row and expert.
 *
 * @param chosen experts of a row, 2 or more
 * @param temperature of the softmax, above 0
 */
public record Gumbel(int chosen, double temperature) implements Assign {
  /** Tells its random numbers from those of other parts; further purposes follow it. */
  private static final int PURPOSE = 0x6a3b0000;

  static final Word<Assign> WORD =
      new Word<>(
          "gumbel",
          "As top-k, with a softmax of scores that have noise while learning.",
          List.of(
              new Option("chosen", "2", "Experts of a row, 2 to 4096."),
              new Option("temperature", "1", "Of the softmax, above 0.")),
          options ->
              new Gumbel(
                  options.integer("chosen", 2, 4096), options.real("temperature", 1e-3, 1e3)));

  public Gumbel {
    if (chosen < 2) {
      throw new IllegalArgumentException("gumbel chooses 2 experts or more");
    }
  }

  @Override
  public int most(final int experts) {
    return chosen;
  }

  @Override
  public boolean couples() {
    return true;
  }

  @Override
  public void predict(final Routing routing, final int from, final int to) {
    for (int i = from * routing.columns(); i < to * routing.columns(); i++) {
      routing.affinity[i] = (float) (routing.score[i] / temperature);
    }
    choose(routing, from, to);
  }

  private void choose(final Routing routing, final int from, final int to) {
    routing.softmaxOfAffinities(from, to);
    for (int r = from; r < to; r++) {
      routing.chooseLargest(r, chosen, true);
    }
  }

  @Override
  public void learn(final Step step, final Routing routing) {
    final int columns = routing.columns();
    for (int i = 0; i < step.labelled() * columns; i++) {
      final double drawn = Math.max(step.random(i / columns, PURPOSE + i % columns), 1e-12);
      final double noise = -StrictMath.log(-StrictMath.log(drawn));
      routing.affinity[i] = (float) ((routing.score[i] + noise) / temperature);
    }
    choose(routing, 0, step.labelled());
  }

  @Override
  public void backward(final Step step, final Routing routing) {
    routing.throughNormalisedWeights();
    routing.throughSoftmax(step.labelled());
    for (int i = 0; i < step.labelled() * routing.columns(); i++) {
      routing.gradient[i] /= (float) temperature;
    }
  }

  @Override
  public String text() {
    return "gumbel(" + chosen + "," + temperature + ")";
  }
}
