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
 * Each expert takes the rows of a step that it has the largest softmax for, all experts as many
 * (Zhou et al. 2022, "Mixture-of-Experts with Expert Choice Routing", section 3.2), so that loads
 * are equal without a loss for it.
 *
 * <p>That couples the rows of a step, which answering may not. An expert's threshold, the affinity
 * of the last row that it took, smoothed, is remembered: an answer comes from the experts whose
 * threshold the row reaches, or from the one that it comes closest to.
 *
 * @param capacity experts of a row on average
 */
public record ExpertChoice(double capacity) implements Assign {
  /** What a threshold still weighs a step later. */
  private static final float KEPT = 0.95f;

  static final Word<Assign> WORD =
      new Word<>(
          "expert-choice",
          "Each expert learns from as many rows of a step, those it has the largest softmax for, and"
              + " answers those that reach the threshold it had lately.",
          List.of(new Option("capacity", "2", "Experts of a row on average, above 0, to 4096.")),
          options -> new ExpertChoice(options.real("capacity", 1e-3, 4096)));

  @Override
  public int most(final int experts) {
    return experts;
  }

  @Override
  public boolean leavesRowsOut() {
    return true;
  }

  @Override
  public boolean couples() {
    return true;
  }

  /** Each expert's threshold; 0 before it took a row. */
  @Override
  public List<Tensor> memory() {
    return List.of(Tensor.zeros("threshold", Axis.OUT));
  }

  @Override
  public void predict(final Routing routing, final int from, final int to) {
    routing.softmax(from, to);
    final int columns = routing.columns();
    final float[] threshold = routing.memory;
    for (int r = from; r < to; r++) {
      final int first = routing.size();
      int closest = 0;
      float distance = Float.NEGATIVE_INFINITY;
      for (int e = 0; e < columns; e++) {
        final float affinity = routing.affinity[r * columns + e];
        if (!routing.isAlive(e)) {
          continue;
        }
        if (threshold[e] > 0 && affinity >= threshold[e]) {
          routing.add(r, e, affinity);
        }
        if (affinity - threshold[e] > distance) {
          distance = affinity - threshold[e];
          closest = e;
        }
      }
      if (routing.size() == first) {
        routing.add(r, closest, routing.affinity[r * columns + closest]);
      }
    }
  }

  @Override
  public void learn(final Step step, final Routing routing) {
    final int rows = step.labelled();
    final int columns = routing.columns();
    final int each =
        Math.min(rows, Math.max(1, (int) Math.round(rows * capacity / routing.alive())));
    routing.softmax(0, rows);
    // Marks the pairs until these can be added row by row.
    final float[] taken = routing.gradient;
    Arrays.fill(taken, 0, rows * columns, 0);
    for (int e = 0; e < columns; e++) {
      float last = 0;
      for (int i = 0; routing.isAlive(e) && i < each; i++) {
        final int best = largestLeft(routing, rows, e, taken);
        taken[best] = 1;
        last = routing.affinity[best];
      }
      final float before = routing.memory[e];
      routing.memory[e] = before == 0 ? last : KEPT * before + (1 - KEPT) * last;
    }
    for (int r = 0; r < rows; r++) {
      for (int e = 0; e < columns; e++) {
        if (taken[r * columns + e] > 0) {
          routing.add(r, e, routing.affinity[r * columns + e]);
        }
      }
    }
  }

  private static int largestLeft(
      final Routing routing, final int rows, final int expert, final float[] taken) {
    int best = -1;
    for (int i = expert; i < rows * routing.columns(); i += routing.columns()) {
      if (taken[i] == 0 && (best < 0 || routing.affinity[i] > routing.affinity[best])) {
        best = i;
      }
    }
    return best;
  }

  @Override
  public void backward(final Step step, final Routing routing) {
    routing.throughWeights();
    routing.throughSoftmax(step.labelled());
  }

  @Override
  public String text() {
    return "expert-choice(" + capacity + ")";
  }
}
