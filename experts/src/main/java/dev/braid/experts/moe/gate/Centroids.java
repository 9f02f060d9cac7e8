package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Work;

/** Means of rows, one for each expert, at the beginning of a score's memory. */
final class Centroids {
  private Centroids() {}

  /** Moves a centre by a share of its way to a row. */
  static void move(
      final Step step, final Work work, final int row, final int expert, final float share) {
    final int d = work.inputs();
    for (int i = 0; i < d; i++) {
      final float way = step.x()[row * d + i] - work.memory()[expert * d + i];
      work.memory()[expert * d + i] += share * way;
    }
  }

  /** Moves the centres of all experts to the rows that they were sent. */
  static void follow(final Step step, final Work work, final float share) {
    final Routing routing = step.routing();
    for (int p = 0; p < routing.chosen(); p++) {
      move(step, work, routing.row(p), routing.expert(p), share);
    }
  }
}
