package dev.braid.connectors;

/**
 * Where a record came from, kept with it so that a record refused late still becomes a complete
 * dead letter.
 *
 * @param topic Kafka topic
 * @param partition Kafka partition
 * @param offset Kafka offset
 * @param recordKey the Kafka record's key as it was read, or null if it had none
 * @param bytes the record's value as it was read, or null if it had none (a tombstone)
 */
@SuppressWarnings("ArrayRecordComponent")
public record Origin(String topic, int partition, long offset, byte[] recordKey, byte[] bytes) {}
