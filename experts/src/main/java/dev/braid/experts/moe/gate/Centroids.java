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

  private static float squares(final Work work, final float[] x, final int from, final int expert) {
    final int d = work.inputs();
    float squares = 0;
    for (int i = 0; i < d; i++) {
      final float difference = x[from + i] - work.memory()[expert * d + i];
      squares += difference * difference;
    }
    return squares;
  }

  /** The expert whose centre is nearest to a row, the first one that has none before all others. */
  static int nearest(final Step step, final Work work, final float[] x, final int from) {
    final int rows = work.memoryAt("rows");
    int nearest = -1;
    for (int e = 0; e < work.outputs(); e++) {
      if (!step.routing().isAlive(e)) {
        continue;
      }
      if (work.memory()[rows + e] == 0) {
        return e;
      }
      if (nearest < 0 || squares(work, x, from, e) < squares(work, x, from, nearest)) {
        nearest = e;
      }
    }
    return nearest;
  }

  /** K-means: a row moves the centre that is nearest, which is the mean of so many at most. */
  static void join(final Step step, final Work work, final int row, final int window) {
    final int nearest = nearest(step, work, step.x(), row * work.inputs());
    final int rows = work.memoryAt("rows") + nearest;
    work.memory()[rows] = Math.min(window, work.memory()[rows] + 1);
    move(step, work, row, nearest, 1 / work.memory()[rows]);
  }
}
