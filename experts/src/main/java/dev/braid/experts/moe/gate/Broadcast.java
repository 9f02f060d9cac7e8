package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Assign;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.List;

/**
 * Rows that the gate is unsure of are sent to all experts while these learn, so that any of them
 * will do for such a row; all rows are answered by the experts with the largest softmax (GW-MoE, Wu
 * et al. 2024, section 3: rows above an entropy are broadcast while fine-tuning).
 *
 * @param chosen experts of other rows and of answers, 2 or more
 * @param share of a step's rows that are unsure, 0 to 1
 */
public record Broadcast(int chosen, double share) implements Assign {
  static final Word<Assign> WORD =
      new Word<>(
          "broadcast",
          "As top-k, but all experts learn from the rows that the gate is most unsure of.",
          List.of(
              new Option("chosen", "2", "Experts of other rows, 2 to 4096."),
              new Option("share", "0.25", "Of a step's rows, those most unsure, 0 to 1.")),
          options ->
              new Broadcast(options.integer("chosen", 2, 4096), options.real("share", 0, 1)));

  public Broadcast {
    if (chosen < 2) {
      throw new IllegalArgumentException("broadcast chooses 2 experts or more of other rows");
    }
  }

  @Override
  public int most(final int experts) {
    return Math.max(chosen, experts);
  }

  @Override
  public boolean couples() {
    return true;
  }

  @Override
  public void predict(final Routing routing, final int from, final int to) {
    routing.chooseLargestOfSoftmax(from, to, chosen, true);
  }

  @Override
  public void learn(final Step step, final Routing routing) {
    final int rows = step.labelled();
    routing.softmax(0, rows);
    final float[] entropy = routing.gradient;
    for (int r = 0; r < rows; r++) {
      entropy[r] = entropy(routing, r * routing.columns());
    }
    for (int r = 0; r < rows; r++) {
      int before = 0;
      for (int other = 0; other < rows; other++) {
        final boolean more = entropy[other] > entropy[r];
        before += more || (other < r && entropy[other] == entropy[r]) ? 1 : 0;
      }
      final boolean unsure = before < share * rows;
      routing.chooseLargest(r, unsure ? routing.columns() : chosen, true);
    }
  }

  private static float entropy(final Routing routing, final int from) {
    double sum = 0;
    for (int i = from; i < from + routing.columns(); i++) {
      final float affinity = routing.affinity[i];
      sum -= affinity > 0 ? affinity * StrictMath.log(affinity) : 0;
    }
    return (float) sum;
  }

  @Override
  public void backward(final Step step, final Routing routing) {
    routing.throughNormalisedWeights();
    routing.throughSoftmax(step.labelled());
  }

  @Override
  public String text() {
    return "broadcast(" + chosen + "," + share + ")";
  }
}
