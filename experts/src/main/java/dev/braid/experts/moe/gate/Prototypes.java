package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Assign;
import dev.braid.experts.moe.FloatMath;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * The experts are split into groups of neighbours, and of each group the one with the largest
 * softmax over its group computes the row, weighted by it (M6-T, Yang et al. 2021, section 3.2:
 * expert prototyping, k groups with top-1 in each for top-k over all).
 *
 * @param groups 1 or more
 */
public record Prototypes(int groups) implements Assign {
  static final Word<Assign> WORD =
      new Word<>(
          "prototypes",
          "Of each group of experts the one with the largest softmax over its group computes a"
              + " row.",
          List.of(new Option("groups", "2", "Groups of neighbouring experts, 1 to 4096.")),
          options -> new Prototypes(options.integer("groups", 1, 4096)));

  @Override
  public int most(final int experts) {
    return groups;
  }

  /** Where a group begins. */
  private int first(final int group, final int columns) {
    return (int) ((long) group * columns / groups);
  }

  @Override
  public void predict(final Routing routing, final int from, final int to) {
    routing.noDistribution();
    final int columns = routing.columns();
    for (int r = from; r < to; r++) {
      for (int g = 0; g < groups; g++) {
        choose(routing, r, first(g, columns), first(g + 1, columns));
      }
    }
  }

  private static void choose(final Routing routing, final int row, final int from, final int to) {
    final int at = row * routing.columns();
    int best = -1;
    for (int e = from; e < to; e++) {
      routing.affinity[at + e] = routing.score[at + e];
      if (routing.isAlive(e)
          && (best < 0 || routing.affinity[at + e] > routing.affinity[at + best])) {
        best = e;
      }
    }
    if (best < 0) {
      Arrays.fill(routing.affinity, at + from, at + to, 0);
      return;
    }
    FloatMath.softmax(routing.affinity, at + from, to - from);
    routing.add(row, best, routing.affinity[at + best]);
  }

  @Override
  public void backward(final Step step, final Routing routing) {
    routing.throughWeights();
    final int columns = routing.columns();
    final float[] gradient = routing.gradient;
    for (int r = 0; r < step.labelled(); r++) {
      for (int g = 0; g < groups; g++) {
        final int from = r * columns + first(g, columns);
        final int to = r * columns + first(g + 1, columns);
        float mean = 0;
        for (int i = from; i < to; i++) {
          mean += routing.affinity[i] * gradient[i];
        }
        for (int i = from; i < to; i++) {
          gradient[i] = routing.affinity[i] * (gradient[i] - mean);
        }
      }
    }
  }

  @Override
  public String text() {
    return "prototypes(" + groups + ")";
  }
}
