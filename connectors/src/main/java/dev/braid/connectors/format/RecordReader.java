package dev.braid.connectors.format;

import java.io.IOException;

/** Reads the records of one format. Not thread-safe. */
public interface RecordReader {

  /**
   * Hands over what is in one record.
   *
   * <p>Must end in a time in proportion to the length, whatever the bytes are, and must not hold
   * memory beyond that.
   *
   * @param value as it was read from Kafka, at most as long as the limit
   * @param into receives the fields; clear before the call
   * @throws Refusal if the record cannot be used
   * @throws IOException never, since there is nothing but memory; libraries want it declared
   */
  void read(byte[] value, RecordFields into) throws Refusal, IOException;
}
