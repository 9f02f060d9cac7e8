package dev.braid.connectors;

/**
 * What one Kafka record turned out to be: something usable or a dead letter, never both and never
 * nothing. A source of events delivers {@link Event} and {@link DeadLetter}, a source of labels
 * {@link LabelRecord} and {@link DeadLetter}.
 */
public sealed interface Decoded permits Event, LabelRecord, DeadLetter {

  /** The record as it was read. */
  Origin origin();
}
