package dev.braid.jobs.operator;

import dev.braid.connectors.Decoded;
import dev.braid.connectors.LabelRecord;

/**
 * What the half of a model that combines is to do next.
 *
 * @param kind what
 * @param tasks answers of each shard that belong to it
 * @param record the event, or the late label; else null
 * @param text the label that the event is learned with, or null; the id of an event that expired
 * @param waits whether the event waits for its label
 * @param early the label that waited for the event and is learned with it, or null
 * @param events events that the half of the model which orders has met by now, those included at
 *     which an expert failed
 * @param pendingLabels labels that wait for their events by now
 * @param expiredLabels labels whose events did not come in time by now
 */
public record Order(
    Kind kind,
    int tasks,
    Decoded record,
    String text,
    boolean waits,
    LabelRecord early,
    long events,
    long pendingLabels,
    long expiredLabels) {

  /** What can be ordered. */
  enum Kind {
    /** To predict an event, and to learn from it if its label is known. */
    EVENT('e'),
    /** To learn from a label that came late. */
    LABEL('l'),
    /** To let an event go whose label did not come. */
    EXPIRED('x'),
    /** To forget the model. */
    DROPPED('d'),
    /** To do nothing. */
    NOTHING('n');

    /** What stands for it on the way. */
    final char letter;

    Kind(final char letter) {
      this.letter = letter;
    }

    static Kind of(final int letter) {
      for (final Kind kind : values()) {
        if (kind.letter == letter) {
          return kind;
        }
      }
      throw new IllegalArgumentException("no order is called " + letter);
    }
  }
}
