package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Assign;
import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * The experts that a row has most of in the entropic transport plan between the rows of a step and
 * the experts, where each expert is to have as much: scores less the experts' potentials, found by
 * Sinkhorn's iterations (S-BASE, Clark et al. 2022, section 3.1; one of the routers compared in
 * "Routers in Vision Mixture of Experts", Liu et al. 2024, section 3). Weights are those of the
 * softmax. The potentials, smoothed, are remembered, and are what single rows are answered by.
 *
 * @param chosen experts of a row, 1 or more
 * @param temperature of the plan, above 0
 */
public record Sinkhorn(int chosen, double temperature) implements Assign {
  /** What a potential still weighs a step later. */
  private static final float KEPT = 0.95f;

  private static final int ITERATIONS = 8;

  static final Word<Assign> WORD =
      new Word<>(
          "sinkhorn",
          "The experts that a row has most of when all are to have as much of a step, and answers"
              + " by their potentials of lately.",
          List.of(
              new Option("chosen", "1", "Experts of a row, 1 to 4096."),
              new Option("temperature", "0.1", "Of the plan, above 0; the lower the more even.")),
          options ->
              new Sinkhorn(
                  options.integer("chosen", 1, 4096), options.real("temperature", 1e-3, 1e3)));

  @Override
  public int most(final int experts) {
    return chosen;
  }

  @Override
  public boolean couples() {
    return true;
  }

  /** The smoothed potentials, and those of the step that is being planned. */
  @Override
  public List<Tensor> memory() {
    return List.of(Tensor.zeros("potential", Axis.OUT), Tensor.zeros("planned", Axis.OUT));
  }

  @Override
  public void predict(final Routing routing, final int from, final int to) {
    choose(routing, from, to, 0);
  }

  private void choose(final Routing routing, final int from, final int to, final int potentials) {
    final int columns = routing.columns();
    routing.softmax(from, to);
    for (int r = from; r < to; r++) {
      Arrays.fill(routing.taken, false);
      final int first = routing.size();
      for (int j = 0; j < Math.min(chosen, routing.alive()); j++) {
        int best = -1;
        float most = 0;
        for (int e = 0; e < columns; e++) {
          final float share = routing.score[r * columns + e] - routing.memory[potentials + e];
          if (!routing.taken[e] && routing.isAlive(e) && (best < 0 || share > most)) {
            best = e;
            most = share;
          }
        }
        routing.taken[best] = true;
        routing.add(r, best, routing.affinity[r * columns + best]);
      }
      if (chosen > 1) {
        routing.normalise(first);
      }
    }
  }

  @Override
  public void learn(final Step step, final Routing routing) {
    final int columns = routing.columns();
    final int rows = step.labelled();
    System.arraycopy(routing.memory, 0, routing.memory, columns, columns);
    for (int i = 0; i < ITERATIONS; i++) {
      balance(routing, rows, routing.gradient);
    }
    for (int e = 0; e < columns; e++) {
      routing.memory[e] = KEPT * routing.memory[e] + (1 - KEPT) * routing.memory[columns + e];
    }
    choose(routing, 0, rows, columns);
  }

  /** The rows' potentials make each row's plan sum to 1, then the experts' make theirs equal. */
  private void balance(final Routing routing, final int rows, final float[] ofRow) {
    final int columns = routing.columns();
    for (int r = 0; r < rows; r++) {
      double largest = Double.NEGATIVE_INFINITY;
      for (int e = 0; e < columns; e++) {
        largest = Math.max(largest, exponent(routing, r, e));
      }
      double sum = 0;
      for (int e = 0; e < columns; e++) {
        sum += StrictMath.exp(exponent(routing, r, e) - largest);
      }
      ofRow[r] = (float) (largest + StrictMath.log(sum));
    }
    final double each = (double) rows / routing.alive();
    for (int e = 0; e < columns; e++) {
      double largest = Double.NEGATIVE_INFINITY;
      for (int r = 0; r < rows; r++) {
        largest = Math.max(largest, exponent(routing, r, e) - ofRow[r]);
      }
      double sum = 0;
      for (int r = 0; routing.isAlive(e) && r < rows; r++) {
        sum += StrictMath.exp(exponent(routing, r, e) - ofRow[r] - largest);
      }
      if (sum > 0) {
        final double much = largest + StrictMath.log(sum / each);
        routing.memory[columns + e] += (float) (temperature * much);
      }
    }
  }

  private double exponent(final Routing routing, final int row, final int expert) {
    final int columns = routing.columns();
    return (routing.score[row * columns + expert] - routing.memory[columns + expert]) / temperature;
  }

  @Override
  public void backward(final Step step, final Routing routing) {
    if (chosen > 1) {
      routing.throughNormalisedWeights();
    } else {
      routing.throughWeights();
    }
    routing.throughSoftmax(step.labelled());
  }

  @Override
  public String text() {
    return "sinkhorn(" + chosen + "," + temperature + ")";
  }
}
