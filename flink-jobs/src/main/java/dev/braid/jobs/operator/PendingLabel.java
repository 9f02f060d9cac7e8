package dev.braid.jobs.operator;

/**
 * A label that came before its event.
 *
 * @param label class name
 * @param timestamp of the label, milliseconds since the epoch
 * @param topic Kafka topic it was read from
 * @param partition Kafka partition it was read from
 * @param offset Kafka offset it was read at
 * @param recordKey the Kafka record's key, or null if it had none
 * @param bytes the record's value as it was read, for a dead letter should its event never come
 * @param expiresAt when to stop waiting, in milliseconds of the job's clock
 */
@SuppressWarnings("ArrayRecordComponent")
public record PendingLabel(
    String label,
    long timestamp,
    String topic,
    int partition,
    long offset,
    byte[] recordKey,
    byte[] bytes,
    long expiresAt) {}
