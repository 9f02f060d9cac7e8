package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Penalty;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.experts.moe.net.Adam;
import dev.braid.spec.Option;
import java.util.List;

/**
 * Load balance: {@code weight * E * sum_e f_e P_e}, where E counts the experts that there are, f_e
 * is the share of the window's choices that fell on expert e and P_e the mean affinity of e in the
 * batch, normalised over all experts (Switch Transformers, Fedus et al. 2021, equation 4; counted
 * over more than one batch as in "Demons in the Detail", Qiu et al. 2025). Equal load makes it
 * {@code weight}.
 *
 * @param weight 0 to 1, usually 0.01
 * @param window rows over which choices are counted, with exponentially falling weight; meant to be
 *     larger than a batch
 */
public record Balance(double weight, int window) implements Penalty {
  /** Rows over which choices are counted where nothing is said of it. */
  public static final int DEFAULT_WINDOW = 8192;

  static final Word<Penalty> WORD =
      new Word<>(
          "balance",
          "Draws the gate towards experts that were chosen less than others lately.",
          List.of(
              new Option("weight", "0.01", "Factor of the loss, 0 to 1."),
              new Option(
                  "window",
                  String.valueOf(DEFAULT_WINDOW),
                  "Rows over which choices are counted, 1 or more; more than a batch.")),
          options ->
              new Balance(
                  options.real("weight", 0, 1), options.integer("window", 1, Integer.MAX_VALUE)));

  public Balance {
    if (!(weight >= 0 && weight <= 1)) {
      throw new IllegalArgumentException(
          "the balance weight must lie between 0 and 1, not at " + weight);
    }
    if (window < 1) {
      throw new IllegalArgumentException("a balance window of " + window + " rows");
    }
  }

  @Override
  public List<Tensor> memory() {
    return List.of(Tensor.zeros("choices", Axis.OUT));
  }

  @Override
  public void add(final Step step, final Routing routing, final float[] memory) {
    final int rows = step.labelled();
    final float factor = count(rows, routing, memory);
    final int experts = routing.columns();
    final float[] gradient = routing.gradient;
    for (int from = 0; from < rows * experts; from += experts) {
      float sum = 1;
      float inner = 0;
      if (!routing.isDistribution()) {
        sum = 0;
        for (int e = 0; e < experts; e++) {
          sum += routing.affinity[from + e];
          inner += routing.affinity[from + e] * (factor * memory[e]);
        }
        sum = Math.max(sum, Float.MIN_NORMAL);
        inner /= sum;
      }
      for (int e = 0; e < experts; e++) {
        gradient[from + e] += (factor * memory[e] - inner) / sum;
      }
    }
  }

  /** Takes the labelled rows' choices in; the loss per unit of affinity and count. */
  private float count(final int rows, final Routing routing, final float[] memory) {
    final float keep = (float) StrictMath.exp(-rows / (double) window);
    for (int e = 0; e < memory.length; e++) {
      memory[e] = (keep * memory[e] + Adam.FLUSH) - Adam.FLUSH;
    }
    for (int p = 0; p < routing.chosen(); p++) {
      memory[routing.expert(p)]++;
    }
    float sum = 0;
    for (final float count : memory) {
      sum += count;
    }
    return (float) (weight * routing.alive() / rows) / sum;
  }

  @Override
  public String text() {
    return "balance(" + weight + "," + window + ")";
  }
}
