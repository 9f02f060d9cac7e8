package dev.braid.jobs.dense;

import dev.braid.connectors.Event;
import dev.braid.experts.moe.spec.DenseBatch;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Events whose predictions are owed, in the order in which they came, and the rows that only ask.
 */
final class Owed {
  private final DenseBatch asking;
  private final Event[] events;
  private final long[] since;

  /**
   * Row among those to be learned, or, where negative, the complement of one in {@link #asking}.
   */
  private final int[] rows;

  private int waiting;

  /**
   * @param asking empty, with room for every event
   */
  Owed(final DenseBatch asking) {
    this.asking = asking;
    events = new Event[asking.capacity()];
    since = new long[asking.capacity()];
    rows = new int[asking.capacity()];
  }

  DenseBatch asking() {
    return asking;
  }

  boolean isEmpty() {
    return waiting == 0;
  }

  boolean isFull() {
    return waiting == events.length;
  }

  /** An event whose row is one of those to be learned. */
  void addLearned(final Event event, final int row) {
    add(event, row);
  }

  /** An event whose row only asks. */
  void addAsking(final Event event, final float[] row) {
    add(event, ~asking.add(row, -1));
  }

  private void add(final Event event, final int row) {
    events[waiting] = event;
    since[waiting] = System.nanoTime();
    rows[waiting++] = row;
  }

  /** Lets all rows only ask, also those that are to be learned later. */
  void askOnly(final DenseBatch training) {
    for (int w = 0; w < waiting; w++) {
      if (rows[w] >= 0) {
        rows[w] = ~asking.add(training, rows[w], -1);
      }
    }
  }

  /**
   * Gives all events out and is empty.
   *
   * @param learned where the rows lie that were not only asking; null where none was
   */
  void giveOut(
      final DenseBatch learned,
      final PredictedEvents predicted,
      final DenseMetrics metrics,
      final Consumer<Event> out) {
    final long now = System.nanoTime();
    for (int w = 0; w < waiting; w++) {
      metrics.waited(now - since[w]);
      out.accept(
          rows[w] >= 0
              ? predicted.of(events[w], learned, rows[w])
              : predicted.of(events[w], asking, ~rows[w]));
    }
    Arrays.fill(events, 0, waiting, null);
    waiting = 0;
    asking.clear();
  }
}
