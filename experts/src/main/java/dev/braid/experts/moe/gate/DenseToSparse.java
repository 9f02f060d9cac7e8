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
 * Experts whose softmax is as large as if all were alike, or some share of that, compute a row; the
 * softmax's temperature falls with every step, so that a gate that begins with all experts ends
 * with few (EvoMoE, Nie et al. 2021, section 3.3: the dense-to-sparse gate). Where the layer's
 * errors rise, it begins again.
 *
 * @param from first temperature
 * @param to last one, above 0
 * @param steps from the first to the last, 1 or more
 * @param least share of the equal weight that an expert must have, above 0, to 1
 */
public record DenseToSparse(double from, double to, int steps, double least) implements Assign {
  static final Word<Assign> WORD =
      new Word<>(
          "dense-to-sparse",
          "All experts that have a share of the equal weight, by a softmax that grows sharper step"
              + " by step, and blunt again when errors rise.",
          List.of(
              new Option("from", "2", "First temperature of the softmax, above 0."),
              new Option("to", "0.2", "Last temperature, above 0."),
              new Option("steps", "500", "Training steps from the first to the last, 1 or more."),
              new Option("least", "0.5", "Of the equal weight, what an expert must have, to 1.")),
          options ->
              new DenseToSparse(
                  options.real("from", 1e-3, 1e3),
                  options.real("to", 1e-3, 1e3),
                  options.integer("steps", 1, 1 << 24),
                  options.real("least", 1e-6, 1)));

  @Override
  public int most(final int experts) {
    return experts;
  }

  @Override
  public boolean watches() {
    return true;
  }

  /** Training steps since it began, or began again. */
  @Override
  public List<Tensor> memory() {
    return List.of(Tensor.zeros("age", Axis.of(1)));
  }

  private float temperature(final Routing routing) {
    final double done = Math.min(1, routing.memory[0] / steps);
    return (float) (from * StrictMath.exp(done * StrictMath.log(to / from)));
  }

  @Override
  public void predict(final Routing routing, final int first, final int end) {
    final int columns = routing.columns();
    final float temperature = temperature(routing);
    for (int i = first * columns; i < end * columns; i++) {
      routing.affinity[i] = routing.score[i] / temperature;
    }
    routing.softmaxOfAffinities(first, end);
    final float enough = (float) (least / routing.alive());
    for (int r = first; r < end; r++) {
      final int pairs = routing.size();
      float largest = 0;
      for (int e = 0; e < columns; e++) {
        largest = Math.max(largest, routing.affinity[r * columns + e]);
      }
      for (int e = 0; e < columns; e++) {
        if (routing.affinity[r * columns + e] >= Math.min(enough, largest)) {
          routing.add(r, e, routing.affinity[r * columns + e]);
        }
      }
      routing.normalise(pairs);
    }
  }

  @Override
  public void backward(final Step step, final Routing routing) {
    final float temperature = temperature(routing);
    routing.throughNormalisedWeights();
    routing.throughSoftmax(step.labelled());
    for (int i = 0; i < step.labelled() * routing.columns(); i++) {
      routing.gradient[i] /= temperature;
    }
    routing.memory[0] = step.alarm() ? 0 : Math.min(steps, routing.memory[0] + 1);
  }

  @Override
  public String text() {
    return "dense-to-sparse(" + from + "," + to + "," + steps + "," + least + ")";
  }
}
