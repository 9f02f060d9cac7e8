package dev.braid.experts.moe.gate;

import dev.braid.experts.moe.Assign;
import dev.braid.experts.moe.Routing;
import dev.braid.experts.moe.Step;
import dev.braid.experts.moe.Word;
import dev.braid.spec.Option;
import java.util.Arrays;
import java.util.List;

/**
 * As top-k, but an expert learns from no more rows of a step than it has room for, those of the
 * largest affinity. Rows beyond that learn nothing there (SiRA, Zhu et al. 2023, section 3.2, which
 * also leaves out some of the gate's choices at random), or go to another expert that has room,
 * drawn at random (Hunyuan-Large, Sun et al. 2024, section 2.2: recycle routing).
 *
 * @param chosen experts of a row, 2 or more
 * @param factor room of an expert over what each would have were all alike, above 0
 * @param recycle whether rows beyond it go to another
 * @param dropout share of the choices that a step leaves out, 0 to below 1
 */
public record Capacity(int chosen, double factor, boolean recycle, double dropout)
    implements Assign {
  /** Tell its random numbers from those of other parts. */
  private static final int OTHER = 0xca9ac;

  private static final int DROPPED = 0x0ca90000;

  static final Word<Assign> WORD =
      new Word<>(
          "capacity",
          "As top-k, but experts have room for so many rows of a step.",
          List.of(
              new Option("chosen", "2", "Experts of a row, 2 to 4096."),
              new Option("factor", "1.25", "Room over what each had were all alike, 0.01 to 4096."),
              new Option("recycle", "false", "Whether rows beyond it go to others that have room."),
              new Option("dropout", "0", "Of the choices, left out of a step, to 0.9.")),
          options ->
              new Capacity(
                  options.integer("chosen", 2, 4096),
                  options.real("factor", 0.01, 4096),
                  options.flag("recycle"),
                  options.real("dropout", 0, 0.9)));

  public Capacity {
    if (chosen < 2) {
      throw new IllegalArgumentException("2 experts or more are chosen by capacity");
    }
  }

  @Override
  public int most(final int experts) {
    return chosen;
  }

  @Override
  public boolean leavesRowsOut() {
    return true;
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
    final int rows = step.labelled();
    routing.softmax(0, rows);
    // Marks the pairs until these can be added row by row.
    final float[] marked = routing.gradient;
    Arrays.fill(marked, 0, rows * columns, 0);
    choose(step, routing, marked);
    final int room = (int) Math.max(1, Math.ceil(factor * chosen * rows / routing.alive()));
    for (int e = 0; e < columns; e++) {
      for (int left = count(marked, e, rows * columns, columns) - room; left > 0; left--) {
        marked[smallest(routing, marked, e, rows * columns)] = -1;
      }
    }
    for (int i = 0; recycle && i < rows * columns; i++) {
      if (marked[i] < 0) {
        recycle(step, routing, marked, i, room);
      }
    }
    for (int r = 0; r < rows; r++) {
      final int first = routing.size();
      for (int e = 0; e < columns; e++) {
        if (marked[r * columns + e] > 0) {
          routing.add(r, e, routing.affinity[r * columns + e]);
        }
      }
      routing.normalise(first);
    }
  }

  private void choose(final Step step, final Routing routing, final float[] marked) {
    final int columns = routing.columns();
    for (int r = 0; r < step.labelled(); r++) {
      Arrays.fill(routing.taken, false);
      for (int j = 0; j < Math.min(chosen, routing.alive()); j++) {
        final int best = routing.largestLeft(r * columns);
        routing.taken[best] = true;
        final boolean dropped = dropout > 0 && step.random(r, DROPPED + j) < dropout;
        marked[r * columns + best] = dropped ? 0 : 1;
      }
    }
  }

  private static int count(
      final float[] marked, final int expert, final int end, final int columns) {
    int count = 0;
    for (int i = expert; i < end; i += columns) {
      count += marked[i] > 0 ? 1 : 0;
    }
    return count;
  }

  private static int smallest(
      final Routing routing, final float[] marked, final int expert, final int end) {
    int smallest = -1;
    for (int i = expert; i < end; i += routing.columns()) {
      if (marked[i] > 0 && (smallest < 0 || routing.affinity[i] < routing.affinity[smallest])) {
        smallest = i;
      }
    }
    return smallest;
  }

  /** The first expert with room from a random one on that the row has not been sent to. */
  private static void recycle(
      final Step step,
      final Routing routing,
      final float[] marked,
      final int from,
      final int room) {
    final int columns = routing.columns();
    final int row = from / columns;
    final int drawn = (int) (step.random(from, OTHER) * columns);
    for (int i = 0; i < columns; i++) {
      final int e = (drawn + i) % columns;
      if (routing.isAlive(e)
          && marked[row * columns + e] == 0
          && count(marked, e, step.labelled() * columns, columns) < room) {
        marked[row * columns + e] = 1;
        return;
      }
    }
  }

  @Override
  public void backward(final Step step, final Routing routing) {
    routing.throughNormalisedWeights();
    routing.throughSoftmax(step.labelled());
  }

  @Override
  public String text() {
    return "capacity(" + chosen + "," + factor + "," + recycle + "," + dropout + ")";
  }
}
