package dev.braid.connectors.format;

import dev.braid.data.Instance;
import dev.braid.data.Schema;

/** Writes instances as records that the reader of the same format reads back. Not thread-safe. */
public interface RecordWriter {

  /**
   * An event as a record's value.
   *
   * @param schema of the instance
   * @param key of the model, or the empty string for none
   * @param timestamp milliseconds since the epoch
   * @param labelled whether to write the label, if the instance has one
   */
  byte[] event(
      String id, String key, long timestamp, Schema schema, Instance instance, boolean labelled);

  /**
   * A label that comes after its event as a record's value.
   *
   * @param timestamp milliseconds since the epoch
   */
  byte[] label(String id, String key, long timestamp, String label);
}
