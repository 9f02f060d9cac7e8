package dev.braid.connectors;

/**
 * A label that arrives after its event.
 *
 * @param id of the event it belongs to, never null
 * @param key of the event it belongs to; the empty string where the record had none
 * @param timestamp milliseconds since the epoch
 * @param label class name, never null
 * @param origin where the label was read
 */
public record LabelRecord(String id, String key, long timestamp, String label, Origin origin)
    implements Decoded {}
