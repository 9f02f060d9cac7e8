package dev.braid.connectors.kafka;

import java.util.Map;

/**
 * How a topic is to be created.
 *
 * @param name of the topic
 * @param partitions 1 or more
 * @param replication replicas of each partition; -1 for what the brokers are configured with
 * @param properties of the topic, for instance {@code retention.ms}
 */
public record TopicSpec(
    String name, int partitions, short replication, Map<String, String> properties) {

  /** Longest record a topic of dead letters should take: 16 MiB. */
  public static final int DEAD_LETTER_BYTES = 16 << 20;

  /** A topic of models: one partition, so that there is one order, and compacted. */
  public static TopicSpec models(final String name) {
    return new TopicSpec(name, 1, (short) -1, Map.of("cleanup.policy", "compact"));
  }

  public TopicSpec {
    properties = Map.copyOf(properties);
  }

  /** A topic with the brokers' own replication. */
  public static TopicSpec of(final String name, final int partitions) {
    return new TopicSpec(name, partitions, (short) -1, Map.of());
  }

  /** A topic whose records may be as long as those that had to be refused for their length. */
  public static TopicSpec deadLetters(final String name) {
    return new TopicSpec(
        name, 1, (short) -1, Map.of("max.message.bytes", Integer.toString(DEAD_LETTER_BYTES)));
  }
}
