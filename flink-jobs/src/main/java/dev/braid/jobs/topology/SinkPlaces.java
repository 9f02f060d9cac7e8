package dev.braid.jobs.topology;

import dev.braid.connectors.kafka.SinkOptions;
import dev.braid.connectors.kafka.Topics;
import dev.braid.jobs.config.JobConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The topics that the job writes to, as the broker says they are. A record that a topic does not
 * take, or a transaction that is not kept open, would fail the job again and again, and take task
 * managers with it: so all of that is asked before the job starts.
 */
final class SinkPlaces {
  private static final Duration BROKER_ANSWERS = Duration.ofSeconds(30);

  /** Id and key of an event, each escaped at worst in JSON, and the key once more as Kafka's. */
  private static final int BYTES_A_CHARACTER = 16;

  private final KafkaParts parts;
  private final Map<String, Integer> maxBytes;

  private SinkPlaces(final KafkaParts parts, final Map<String, Integer> maxBytes) {
    this.parts = parts;
    this.maxBytes = maxBytes;
  }

  /**
   * Asks the broker whether all topics are there, whether those that are written to take what
   * comes, and whether it keeps transactions open for as long as configured.
   *
   * @throws dev.braid.connectors.kafka.BrokerException with one sentence if not
   */
  static SinkPlaces ask(final JobConfig config, final KafkaParts parts) {
    final JobConfig.Kafka kafka = config.kafka();
    final long least =
        SinkOptions.LEAST_MAX_BYTES
            + (long) BYTES_A_CHARACTER * config.learner().limits().textLength();
    try (Topics topics = Topics.connect(parts.cluster(), BROKER_ANSWERS)) {
      topics.require(parts.topics());
      if (kafka.delivery() == JobConfig.Delivery.EXACTLY_ONCE) {
        topics.requireTransactions(kafka.transactionTimeout());
      }
      if (!kafka.modelsTopic().isEmpty()) {
        topics.requireModels(kafka.modelsTopic());
        topics.requireTransactions(kafka.transactionTimeout());
        topics.requireMessageBytes(kafka.modelsTopic(), SinkOptions.LEAST_MAX_BYTES);
      }
      final Map<String, Integer> maxBytes = new HashMap<>();
      for (final String topic :
          List.of(
              kafka.predictionsTopic(),
              kafka.metricsTopic(),
              kafka.driftTopic(),
              kafka.deadLettersTopic())) {
        maxBytes.put(
            topic, topics.requireMessageBytes(topic, (int) Math.min(least, Integer.MAX_VALUE)));
      }
      return new SinkPlaces(parts, maxBytes);
    }
  }

  SinkOptions of(final String topic, final String name) {
    return parts.sink(topic, name).withMaxMessageBytes(maxBytes.get(topic));
  }
}
