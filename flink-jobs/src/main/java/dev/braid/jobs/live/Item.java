package dev.braid.jobs.live;

/**
 * One record of a model, as it goes to the page.
 *
 * @param id counts up in the order of arrival
 * @param kind the topic's: {@code metrics} or {@code drift}
 * @param at when it was written to Kafka, milliseconds since the epoch
 * @param data a JSON object on one line
 */
record Item(long id, String kind, long at, String data) {
  private static final int OVERHEAD = 80;

  /** Heap bytes, roughly. */
  long bytes() {
    return (long) OVERHEAD + data.length();
  }
}
