package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Assign;
import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.net.Adam;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * The largest of the experts and of some null experts that compute nothing, so that a row has as
 * many experts as it needs (AdaMoE, Zeng et al. 2024, sections 3.1 and 3.2). Weights are normalised
 * over the true experts of a row. Null experts do the same and are one to the gate: their score is
 * 0, what others' scores are measured by; the balance loss takes each for their mean load, which
 * holds the number of true experts of a row near its share of the chosen.
 *
 * @param chosen of both kinds, 1 or more
 * @param nulls experts that compute nothing, 1 or more
 * @param balance weight of the balance loss, 0 to 1
 */
public record NullTopK(int chosen, int nulls, double balance) implements Assign {
  /** Rows over which choices are counted. */
  private static final double WINDOW = 8192;

  static final Word<Assign> WORD =
      new Word<>(
          "null-top-k",
          "The largest of the experts and of null experts that compute nothing, so that easy rows"
              + " have fewer experts.",
          List.of(
              new Option("chosen", "3", "Of both kinds, 1 to 4096."),
              new Option("nulls", "4", "Experts that compute nothing, 1 to 4096."),
              new Option("balance", "0.01", "Factor of a balance loss over both kinds, 0 to 1.")),
          options ->
              new NullTopK(
                  options.integer("chosen", 1, 4096),
                  options.integer("nulls", 1, 4096),
                  options.real("balance", 0, 1)));

  @Override
  public int most(final int experts) {
    return Math.min(chosen, experts);
  }

  @Override
  public boolean leavesRowsOut() {
    return true;
  }

  /** How often each expert was chosen of late; of null experts all together. */
  @Override
  public List<Tensor> memory() {
    return List.of(Tensor.zeros("choices", Axis.OUT), Tensor.zeros("nulls", Axis.of(1)));
  }

  @Override
  public void predict(final Routing routing, final int from, final int to) {
    routing.noDistribution();
    final int columns = routing.columns();
    for (int r = from; r < to; r++) {
      affinities(routing, r * columns);
      Arrays.fill(routing.taken, false);
      final int first = routing.size();
      for (int j = 0, none = 0; j < chosen; j++) {
        final int best = routing.largestLeft(r * columns);
        if (best < 0 || (none < nulls && routing.score[r * columns + best] < 0)) {
          none++;
          continue;
        }
        routing.taken[best] = true;
        routing.add(r, best, routing.affinity[r * columns + best]);
      }
      routing.normalise(first);
    }
  }

  /** Their softmax, with that of so many further scores of 0 left out. */
  private void affinities(final Routing routing, final int from) {
    float largest = 0;
    for (int i = from; i < from + routing.columns(); i++) {
      largest = Math.max(largest, routing.score[i]);
    }
    double sum = nulls * StrictMath.exp(-largest);
    for (int i = from; i < from + routing.columns(); i++) {
      routing.affinity[i] = (float) StrictMath.exp(routing.score[i] - largest);
      sum += routing.affinity[i];
    }
    for (int i = from; i < from + routing.columns(); i++) {
      routing.affinity[i] /= (float) sum;
    }
  }

  @Override
  public void backward(final Step step, final Routing routing) {
    final int columns = routing.columns();
    final int rows = step.labelled();
    final float factor = count(rows, routing);
    final float ofNulls = factor * routing.memory[columns] / nulls;
    routing.throughNormalisedWeights();
    for (int from = 0; from < rows * columns; from += columns) {
      float left = 1;
      float mean = 0;
      for (int e = 0; e < columns; e++) {
        routing.gradient[from + e] += factor * routing.memory[e];
        left -= routing.affinity[from + e];
        mean += routing.affinity[from + e] * routing.gradient[from + e];
      }
      mean += left * ofNulls;
      for (int i = from; i < from + columns; i++) {
        routing.gradient[i] = routing.affinity[i] * (routing.gradient[i] - mean);
      }
    }
  }

  /** Takes the labelled rows' choices in; the balance loss per unit of affinity and count. */
  private float count(final int rows, final Routing routing) {
    final float keep = (float) StrictMath.exp(-rows / WINDOW);
    final float[] memory = routing.memory;
    float sum = 0;
    for (int i = 0; i < memory.length; i++) {
      memory[i] = (keep * memory[i] + Adam.FLUSH) - Adam.FLUSH;
      sum += memory[i];
    }
    for (int p = 0; p < routing.chosen(); p++) {
      memory[routing.expert(p)]++;
    }
    final int none = Math.max(0, rows * chosen - routing.chosen());
    memory[routing.columns()] += none;
    sum += routing.chosen() + none;
    return (float) (balance * (routing.alive() + nulls) / rows) / sum;
  }

  @Override
  public String text() {
    return "null-top-k(" + chosen + "," + nulls + "," + balance + ")";
  }
}
