package dev.braid.connectors.kafka;

import java.io.Serializable;

/**
 * What to read.
 *
 * @param topic to read
 * @param group consumer group that offsets are committed for, with each checkpoint
 * @param start where to begin without a checkpoint
 * @param bounded whether to end with what the topic held at the start
 * @param wholeBytes a longer value may be cut; its dead letter says how long it was
 */
public record SourceOptions(
    String topic, String group, StartOffsets start, boolean bounded, int wholeBytes)
    implements Serializable {}
