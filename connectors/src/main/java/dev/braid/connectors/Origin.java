package dev.braid.connectors;

import java.nio.charset.StandardCharsets;

/**
 * Where a record came from, kept with it so that a record refused late still becomes a complete
 * dead letter.
 *
 * @param topic Kafka topic
 * @param partition Kafka partition
 * @param offset Kafka offset
 * @param recordKey the Kafka record's key as it was read, or null if it had none
 * @param bytes the record's value as it was read, or null if it had none (a tombstone); of a very
 *     long one its beginning
 * @param length of the whole value, 0 if it had none
 */
@SuppressWarnings("ArrayRecordComponent")
public record Origin(
    String topic, int partition, long offset, byte[] recordKey, byte[] bytes, int length) {

  /** A record that was read as a whole. */
  public Origin(
      final String topic,
      final int partition,
      final long offset,
      final byte[] recordKey,
      final byte[] bytes) {
    this(topic, partition, offset, recordKey, bytes, bytes == null ? 0 : bytes.length);
  }

  /**
   * Of a record that was not read from Kafka.
   *
   * @param text what stands for it in a dead letter, such as its id
   */
  public static Origin of(final String text) {
    return new Origin("", 0, 0, null, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Whether {@link #bytes} are not all of the value. */
  public boolean isCut() {
    return bytes != null && bytes.length < length;
  }
}
