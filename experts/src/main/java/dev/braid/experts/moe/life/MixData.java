package dev.braid.experts.moe.life;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Life;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.List;

/**
 * Rows of classes that the gate sends where it sends no other class count more: of each class the
 * mean affinities are kept, and every so many steps a class's weight is multiplied by {@code
 * exp(rate * distance)}, where the distance is the mean of those to the affinities of the others
 * (Zhu et al. 2025, "Dynamic Data Mixing Maximizes Instruction Tuning for Mixture-of-Experts",
 * section 3.2: sampling weights of data sets by the redundancy of their gate loads; here the sets
 * are the classes, in 16 buckets). Weights have mean 1 and are no less than a fifth.
 *
 * @param rate of change, above 0
 * @param every training steps from one change to the next, 1 or more
 */
public record MixData(double rate, int every) implements Life {
  private static final int SETS = 16;

  /** Rows of a set over which affinities are averaged. */
  private static final float WINDOW = 200;

  private static final float LEAST = 0.2f;

  static final Word<Life> WORD =
      new Word<>(
          "mix-data",
          "Rows of classes that the gate sends where it sends no others count more.",
          List.of(
              new Option("rate", "1", "Of the weights' change, above 0, to 100."),
              new Option("every", "50", "Training steps from one change to the next, 1 or more.")),
          options ->
              new MixData(options.real("rate", 1e-6, 100), options.integer("every", 1, 1 << 20)));

  /** Each set's logarithm of the weight, whether there were rows of it, its mean affinities. */
  @Override
  public List<Tensor> memory() {
    return List.of(
        Tensor.zeros("log-weight", Axis.of(SETS)),
        Tensor.zeros("seen", Axis.of(SETS)),
        Tensor.zeros("affinity", Axis.of(SETS), Axis.OUT));
  }

  @Override
  public void rows(final Step step, final float[] memory) {
    final int columns = step.routing().columns();
    for (int r = 0; r < step.labelled(); r++) {
      final int set = step.labels()[r] % SETS;
      final float share = memory[SETS + set] == 0 ? 1 : 1 / WINDOW;
      memory[SETS + set] = 1;
      for (int e = 0; e < columns; e++) {
        final int at = 2 * SETS + set * columns + e;
        memory[at] += share * (step.routing().affinity[r * columns + e] - memory[at]);
      }
    }
    if ((step.number() + 1) % every == 0) {
      change(memory, columns);
    }
    for (int r = 0; r < step.labelled(); r++) {
      step.rowWeight()[r] *= weight(memory, step.labels()[r] % SETS);
    }
  }

  /** With mean 1 over the sets that there are. */
  private static float weight(final float[] memory, final int set) {
    double sum = 0;
    int sets = 0;
    for (int s = 0; s < SETS; s++) {
      if (memory[SETS + s] > 0) {
        sum += StrictMath.exp(memory[s]);
        sets++;
      }
    }
    return Math.max(LEAST, (float) (sets * StrictMath.exp(memory[set]) / sum));
  }

  private void change(final float[] memory, final int columns) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int s = 0; s < SETS; s++) {
      if (memory[SETS + s] > 0) {
        memory[s] += (float) (rate * distance(memory, columns, s));
        largest = Math.max(largest, memory[s]);
      }
    }
    for (int s = 0; s < SETS; s++) {
      // No set's weight falls so low that it would never come back.
      memory[s] = memory[SETS + s] > 0 ? Math.max(-3, memory[s] - (float) largest) : 0;
    }
  }

  private static double distance(final float[] memory, final int columns, final int set) {
    double sum = 0;
    int others = 0;
    for (int s = 0; s < SETS; s++) {
      if (s == set || memory[SETS + s] == 0) {
        continue;
      }
      double squares = 0;
      for (int e = 0; e < columns; e++) {
        final double difference =
            memory[2 * SETS + set * columns + e] - memory[2 * SETS + s * columns + e];
        squares += difference * difference;
      }
      sum += Math.sqrt(squares);
      others++;
    }
    return others == 0 ? 0 : sum / others;
  }

  @Override
  public String text() {
    return "mix-data(" + rate + "," + every + ")";
  }
}
