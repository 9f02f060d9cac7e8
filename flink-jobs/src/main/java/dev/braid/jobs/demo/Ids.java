package dev.braid.jobs.demo;

/** Ids of a stream's events: its name, a hyphen, and the event's number from 0 on. */
final class Ids {
  private final String start;

  Ids(final String stream) {
    this.start = stream + "-";
  }

  /** The event's number, or -1 where the text is no id of this stream. */
  int event(final String id) {
    if (!id.startsWith(start)) {
      return -1;
    }
    try {
      final int event = Integer.parseInt(id.substring(start.length()));
      return id.equals(start + event) ? event : -1;
    } catch (final NumberFormatException other) {
      return -1;
    }
  }
}
