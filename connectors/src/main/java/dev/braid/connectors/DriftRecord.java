package dev.braid.connectors;

/**
 * A drift alarm, or a change in a model's expert pool.
 *
 * @param key of the model
 * @param timestamp of the event at which it happened, milliseconds since the epoch
 * @param event how many events the model had predicted by then
 * @param kind {@code alarm}, {@code opened}, {@code switched}, {@code replaced}, {@code merged} or
 *     {@code retired}
 * @param subject the detector that raised the alarm, or the expert concerned
 * @param reason for people, one sentence
 */
public record DriftRecord(
    String key, long timestamp, long event, String kind, String subject, String reason) {}
