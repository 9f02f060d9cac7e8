package dev.braid.connectors.kafka;

/** Where reading begins without a checkpoint. */
public enum StartOffsets {
  /** At the first record that is still there. */
  EARLIEST,
  /** Behind the last record. */
  LATEST,
  /** Where the consumer group left off; at the first record where it never was. */
  COMMITTED
}
