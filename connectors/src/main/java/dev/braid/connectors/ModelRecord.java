package dev.braid.connectors;

/**
 * One record of the topic of models, which is compacted: the newest record of a key stands for it.
 *
 * @param key what of which model this is
 * @param value null where there is no such thing any more
 */
@SuppressWarnings("ArrayRecordComponent")
public record ModelRecord(String key, byte[] value) {}
