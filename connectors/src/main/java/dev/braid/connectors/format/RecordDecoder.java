package dev.braid.connectors.format;

import dev.braid.connectors.Decoded;
import dev.braid.connectors.Origin;
import java.io.Serializable;

/**
 * Turns the bytes of a Kafka record into what they mean. Serializable, so that it travels with a
 * Flink job; not thread-safe.
 */
public interface RecordDecoder extends Serializable {

  /**
   * Never throws because of what the bytes hold: a record that cannot be used becomes a dead letter
   * with one sentence that says why.
   *
   * @param origin the record as it was read
   * @param timestamp the Kafka record's timestamp, taken where the record names none that can be
   *     understood; milliseconds since the epoch, negative if Kafka has none either
   */
  Decoded decode(Origin origin, long timestamp);

  /** How many records so far named a time that could not be understood. */
  long badTimestamps();
}
