package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Assign;
import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.Word;
import java.util.Arrays;
import java.util.List;

/**
 * Every expert learns from as many rows of a step: those that make the sum of the scores largest,
 * by an auction, weighted by the sigmoid of the score (BASE Layers, Lewis et al. 2021, sections 3.1
 * and 3.2; the auction is Bertsekas's, 1992). The prices at which it ends, smoothed, are
 * remembered, and a row is answered by the expert whose score is furthest above its price: the
 * paper's is answered by the largest score, which is not balanced.
 */
public record Base() implements Assign {
  /** What a price still weighs a step later. */
  private static final float KEPT = 0.95f;

  /**
   * By how much a bid is raised at the least, over the range of the scores: the sum is within this
   * times the rows of the best.
   */
  private static final float LEAST_RAISE = 1e-3f;

  static final Word<Assign> WORD =
      new Word<>(
          "base",
          "Every expert learns from as many rows of a step, by an auction of the rows, and answers"
              + " by the prices that it ended at lately.",
          List.of(),
          options -> new Base());

  @Override
  public int most(final int experts) {
    return 1;
  }

  @Override
  public boolean couples() {
    return true;
  }

  /** The smoothed prices, and those of the auction that is being held. */
  @Override
  public List<Tensor> memory() {
    return List.of(Tensor.zeros("price", Axis.OUT), Tensor.zeros("asked", Axis.OUT));
  }

  @Override
  public void predict(final Routing routing, final int from, final int to) {
    routing.sigmoid(from, to);
    for (int r = from; r < to; r++) {
      final int best = best(routing, r, 0, -1);
      routing.add(r, best, routing.affinity[r * routing.columns() + best]);
    }
  }

  /** The expert whose score is furthest above its price, but for one. */
  private static int best(
      final Routing routing, final int row, final int prices, final int butFor) {
    final int columns = routing.columns();
    int best = -1;
    float most = 0;
    for (int e = 0; e < columns; e++) {
      final float worth = routing.score[row * columns + e] - routing.memory[prices + e];
      if (e != butFor && routing.isAlive(e) && (best < 0 || worth > most)) {
        best = e;
        most = worth;
      }
    }
    return best;
  }

  @Override
  public void learn(final Step step, final Routing routing) {
    final int columns = routing.columns();
    final int rows = step.labelled();
    routing.sigmoid(0, rows);
    // What each row has bid for the expert that it has; 0 elsewhere, for bids are above it.
    final float[] bid = routing.gradient;
    Arrays.fill(bid, 0, rows * columns, 0);
    Arrays.fill(routing.memory, columns, 2 * columns, 0);
    auction(routing, rows, bid);
    for (int e = 0; e < columns; e++) {
      routing.memory[e] = KEPT * routing.memory[e] + (1 - KEPT) * routing.memory[columns + e];
    }
    for (int r = 0; r < rows; r++) {
      for (int e = 0; e < columns; e++) {
        if (bid[r * columns + e] > 0) {
          routing.add(r, e, routing.affinity[r * columns + e]);
        }
      }
    }
  }

  private static void auction(final Routing routing, final int rows, final float[] bid) {
    final int columns = routing.columns();
    final int each = (rows + routing.alive() - 1) / routing.alive();
    final float raise = LEAST_RAISE * Math.max(range(routing, rows), LEAST_RAISE);
    for (int r = nextFree(bid, rows, columns, 0); r >= 0; r = nextFree(bid, rows, columns, r)) {
      final int e = best(routing, r, columns, -1);
      final int second = best(routing, r, columns, e);
      final float above = second < 0 ? 0 : worth(routing, r, e) - worth(routing, r, second);
      bid[r * columns + e] = routing.memory[columns + e] + above + raise;
      settle(routing, rows, bid, e, each);
    }
  }

  private static float range(final Routing routing, final int rows) {
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < rows * routing.columns(); i++) {
      if (routing.isAlive(i % routing.columns())) {
        least = Math.min(least, routing.score[i]);
        most = Math.max(most, routing.score[i]);
      }
    }
    return most - least;
  }

  private static float worth(final Routing routing, final int row, final int expert) {
    return routing.score[row * routing.columns() + expert]
        - routing.memory[routing.columns() + expert];
  }

  /** The row at or behind that one, all round, which has no expert; -1 if each has one. */
  private static int nextFree(
      final float[] bid, final int rows, final int columns, final int after) {
    for (int i = 0; i < rows; i++) {
      final int r = (after + i) % rows;
      boolean free = true;
      for (int e = 0; e < columns; e++) {
        free &= bid[r * columns + e] == 0;
      }
      if (free) {
        return r;
      }
    }
    return -1;
  }

  /** The lowest bidder leaves an expert that has too many rows; a full one asks the lowest bid. */
  private static void settle(
      final Routing routing, final int rows, final float[] bid, final int e, final int each) {
    final int columns = routing.columns();
    int count = 0;
    int lowest = -1;
    int nextLowest = -1;
    for (int i = e; i < rows * columns; i += columns) {
      if (bid[i] > 0) {
        count++;
        if (lowest < 0 || bid[i] < bid[lowest]) {
          nextLowest = lowest;
          lowest = i;
        } else if (nextLowest < 0 || bid[i] < bid[nextLowest]) {
          nextLowest = i;
        }
      }
    }
    if (count > each) {
      bid[lowest] = 0;
      lowest = nextLowest;
    }
    if (count >= each) {
      routing.memory[columns + e] = Math.max(routing.memory[columns + e], bid[lowest]);
    }
  }

  @Override
  public void backward(final Step step, final Routing routing) {
    routing.throughWeights();
    routing.throughSigmoid(step.labelled());
  }

  @Override
  public String text() {
    return "base";
  }
}
