package dev.braid.jobs.demo;

/** Ids of the demo's events: their number, from 0 on. */
final class Ids {
  private Ids() {}

  static String id(final int event) {
    return Integer.toString(event);
  }

  /** The event's number, or -1 where the text is no id of ours. */
  static int event(final String id) {
    try {
      final int event = Integer.parseInt(id);
      return id(event).equals(id) ? event : -1;
    } catch (final NumberFormatException other) {
      return -1;
    }
  }
}
