package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Penalty;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.List;

/**
 * Balance within groups of experts, each of which is for the rows of one type: {@code weight *
 * Var(Z) / Mean(Z)}, where Z has the affinity of each row and expert times 1 + delta where their
 * types agree and 1 - delta where they do not (LoRAMoE, Dou et al. 2024, section 3.3, localised
 * balancing constraint). A row's type is the one among some inputs that is largest; experts are
 * dealt out to the types in turn.
 *
 * @param weight 0 to 10
 * @param delta 0 to 1
 * @param first input of those that say the type
 * @param types inputs that say it, 2 or more
 */
public record LocalBalance(double weight, double delta, int first, int types) implements Penalty {
  static final Word<Penalty> WORD =
      new Word<>(
          "local-balance",
          "Balances loads within groups of experts, each of which is for rows of one type.",
          List.of(
              new Option("weight", "0.1", "Factor of the loss, 0 to 10."),
              new Option("delta", "0.3", "How much a type's own experts count more, 0 to 1."),
              new Option("first", "0", "Index of the first of the inputs that say the type."),
              new Option("types", "2", "How many inputs they are, 2 to 4096.")),
          options ->
              new LocalBalance(
                  options.real("weight", 0, 10),
                  options.real("delta", 0, 1),
                  options.integer("first", 0, 1 << 24),
                  options.integer("types", 2, 4096)));

  @Override
  public void add(final Step step, final Routing routing, final float[] memory) {
    final int columns = routing.columns();
    final int end = step.labelled() * columns;
    double sum = 0;
    double squares = 0;
    int count = 0;
    for (int i = 0; i < end; i++) {
      if (routing.isAlive(i % columns)) {
        final double z = coefficient(step, i / columns, i % columns) * routing.affinity[i];
        sum += z;
        squares += z * z;
        count++;
      }
    }
    final double mean = Math.max(sum / count, Float.MIN_NORMAL);
    final double variance = squares / count - mean * mean;
    // With v and m of all Z: d(v / m) = (2 (z - m) / m - v / m^2) / count dz.
    for (int i = 0; i < end; i++) {
      if (routing.isAlive(i % columns)) {
        final double q = coefficient(step, i / columns, i % columns);
        final double z = q * routing.affinity[i];
        final double slope = (2 * (z - mean) / mean - variance / (mean * mean)) / count;
        routing.gradient[i] += (float) (weight * q * slope);
      }
    }
  }

  private double coefficient(final Step step, final int row, final int expert) {
    final int type = Buckets.largest(step, step.inputs(), row, first, types);
    return expert % types == type ? 1 + delta : 1 - delta;
  }

  @Override
  public String text() {
    return "local-balance(" + weight + "," + delta + "," + first + "," + types + ")";
  }
}
