package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Assign;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * As top-k, with experts in clusters of neighbours: a loss on the variance of a row's affinities
 * within the cluster of its first expert draws the experts of a cluster together, and some experts
 * of each cluster are left out of a step, so that others of it learn its rows (MoEC, Xie et al.
 * 2022, sections 3.2 and 3.3).
 *
 * @param groups clusters, 1 or more
 * @param chosen experts of a row, 2 or more
 * @param dropout share of a cluster's experts that a step leaves out, 0 to below 1
 * @param variance weight of the loss, 0 or more
 */
public record Clusters(int groups, int chosen, double dropout, double variance) implements Assign {
  /** Tells its random numbers from those of other parts. */
  private static final int PURPOSE = 0xc1057;

  static final Word<Assign> WORD =
      new Word<>(
          "clusters",
          "As top-k over clusters of experts that are drawn together and stand in for one another.",
          List.of(
              new Option("groups", "2", "Clusters of neighbouring experts, 1 to 4096."),
              new Option("chosen", "2", "Experts of a row, 2 to 4096."),
              new Option("dropout", "0.2", "Of a cluster's experts, left out of a step, to 0.9."),
              new Option("variance", "0.01", "Factor of the loss on variance, 0 to 1.")),
          options ->
              new Clusters(
                  options.integer("groups", 1, 4096),
                  options.integer("chosen", 2, 4096),
                  options.real("dropout", 0, 0.9),
                  options.real("variance", 0, 1)));

  public Clusters {
    if (chosen < 2 || groups < 1) {
      throw new IllegalArgumentException(
          "clusters are 1 or more, and 2 experts or more are chosen");
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
    routing.chooseLargestOfSoftmax(from, to, chosen, true);
  }

  @Override
  public void learn(final Step step, final Routing routing) {
    final int columns = routing.columns();
    routing.softmax(0, step.labelled());
    for (int r = 0; r < step.labelled(); r++) {
      leaveOut(step, routing);
      final int first = routing.size();
      for (int j = 0; j < chosen; j++) {
        final int best = routing.largestLeft(r * columns);
        if (best >= 0) {
          routing.taken[best] = true;
          routing.add(r, best, routing.affinity[r * columns + best]);
        }
      }
      routing.normalise(first);
    }
  }

  /** The same experts for all rows of the step; one of each cluster stays. */
  private void leaveOut(final Step step, final Routing routing) {
    Arrays.fill(routing.taken, false);
    for (int g = 0; g < groups; g++) {
      int stays = -1;
      double highest = -1;
      for (int e = first(g, routing); e < first(g + 1, routing); e++) {
        final double drawn = step.random(e, PURPOSE);
        routing.taken[e] = drawn < dropout;
        if (routing.isAlive(e) && drawn > highest) {
          stays = e;
          highest = drawn;
        }
      }
      if (stays >= 0) {
        routing.taken[stays] = false;
      }
    }
  }

  private int first(final int group, final Routing routing) {
    return (int) ((long) group * routing.columns() / groups);
  }

  @Override
  public void backward(final Step step, final Routing routing) {
    for (int p = 0; p < routing.chosen(); p++) {
      if (p == 0 || routing.row(p) != routing.row(p - 1)) {
        throughVariance(routing, p, (float) (2 * variance / step.labelled()));
      }
    }
    routing.throughNormalisedWeights();
    routing.throughSoftmax(step.labelled());
  }

  private void throughVariance(final Routing routing, final int pair, final float factor) {
    int group = 0;
    while (first(group + 1, routing) <= routing.expert(pair)) {
      group++;
    }
    final int from = routing.row(pair) * routing.columns() + first(group, routing);
    final int to = routing.row(pair) * routing.columns() + first(group + 1, routing);
    float mean = 0;
    for (int i = from; i < to; i++) {
      mean += routing.affinity[i] / (to - from);
    }
    for (int i = from; i < to; i++) {
      routing.gradient[i] += factor / (to - from) * (routing.affinity[i] - mean);
    }
  }

  @Override
  public String text() {
    return "clusters(" + groups + "," + chosen + "," + dropout + "," + variance + ")";
  }
}
