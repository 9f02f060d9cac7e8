package dev.braid.connectors;

/**
 * Where a record came from, kept with it so that a record refused late still becomes a complete
 * dead letter.
 *
 * @param topic Kafka topic
 * @param partition Kafka partition
 * @param offset Kafka offset
 * @param bytes the record's value as it was read
 */
@SuppressWarnings("ArrayRecordComponent")
public record Origin(String topic, int partition, long offset, byte[] bytes) {}
