package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Assign;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * While learning, experts are drawn from the softmax, and the gate's gradient is an estimate that
 * takes the draw into account: that of the midpoint method, in Heun's third-order form
 * (SparseMixer, Liu et al. 2023, section 3, as GRIN uses it, Liu et al. 2024, section 2.2). A drawn
 * expert that is not the likeliest weighs a third of its probability in three draws of four, and
 * the gradient is that of the whole probability. Several experts are drawn one after another, each
 * among those left. Answers come from the likeliest ones.
 *
 * @param chosen experts of a row, 1 or more
 */
public record Midpoint(int chosen) implements Assign {
  /** Tells its random numbers from those of other parts; two follow for each draw. */
  private static final int PURPOSE = 0x31d00000;

  /** How often a draw that is not the likeliest counts in full, and what it counts else. */
  private static final double IN_FULL = 0.25;

  private static final float ELSE = 1 / 3f;

  static final Word<Assign> WORD =
      new Word<>(
          "midpoint",
          "Experts are drawn from the softmax while learning, with a gradient that takes the draw"
              + " into account; the likeliest answer.",
          List.of(new Option("chosen", "2", "Experts of a row, 1 to 4096.")),
          options -> new Midpoint(options.integer("chosen", 1, 4096)));

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
    final int columns = routing.columns();
    routing.softmax(from, to);
    for (int r = from; r < to; r++) {
      Arrays.fill(routing.taken, false);
      for (int j = 0; j < Math.min(chosen, routing.alive()); j++) {
        final float left = left(routing, r * columns);
        final int best = routing.largestLeft(r * columns);
        routing.taken[best] = true;
        routing.add(r, best, routing.affinity[r * columns + best] / left);
      }
    }
  }

  /** Probability of those of a row that are not taken. */
  private static float left(final Routing routing, final int from) {
    float left = 0;
    for (int e = 0; e < routing.columns(); e++) {
      left += routing.taken[e] ? 0 : routing.affinity[from + e];
    }
    return Math.max(left, Float.MIN_NORMAL);
  }

  @Override
  public void learn(final Step step, final Routing routing) {
    final int columns = routing.columns();
    routing.softmax(0, step.labelled());
    for (int r = 0; r < step.labelled(); r++) {
      Arrays.fill(routing.taken, false);
      for (int j = 0; j < Math.min(chosen, routing.alive()); j++) {
        final float left = left(routing, r * columns);
        final int best = routing.largestLeft(r * columns);
        final int drawn = drawn(routing, r * columns, left * step.random(r, PURPOSE + 2 * j), best);
        final boolean inFull = drawn == best || step.random(r, PURPOSE + 2 * j + 1) < IN_FULL;
        final float weight = routing.affinity[r * columns + drawn] / left;
        routing.taken[drawn] = true;
        routing.add(r, drawn, inFull ? weight : ELSE * weight);
      }
    }
  }

  private static int drawn(final Routing routing, final int from, final double at, final int best) {
    double sum = 0;
    for (int e = 0; e < routing.columns(); e++) {
      sum += routing.taken[e] ? 0 : routing.affinity[from + e];
      if (sum > at && !routing.taken[e] && routing.isAlive(e)) {
        return e;
      }
    }
    return best;
  }

  @Override
  public void backward(final Step step, final Routing routing) {
    final int columns = routing.columns();
    routing.throughSoftmax(step.labelled());
    for (int first = 0, end; first < routing.chosen(); first = end) {
      Arrays.fill(routing.taken, false);
      final int from = routing.row(first) * columns;
      for (end = first; end < routing.chosen() && routing.row(end) * columns == from; end++) {
        throughDraw(routing, end, from);
        routing.taken[routing.expert(end)] = true;
      }
    }
  }

  /** The softmax over those left, whole, whatever the draw weighed. */
  private static void throughDraw(final Routing routing, final int pair, final int from) {
    final float left = left(routing, from);
    final int drawn = routing.expert(pair);
    final float outer = routing.weightGradient(pair) * routing.affinity[from + drawn] / left;
    for (int e = 0; e < routing.columns(); e++) {
      if (!routing.taken[e]) {
        final float own = e == drawn ? 1 : 0;
        routing.gradient[from + e] += outer * (own - routing.affinity[from + e] / left);
      }
    }
  }

  @Override
  public String text() {
    return "midpoint(" + chosen + ")";
  }
}
