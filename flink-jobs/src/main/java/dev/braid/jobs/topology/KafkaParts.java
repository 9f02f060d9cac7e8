package dev.braid.jobs.topology;

import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.connectors.kafka.SinkOptions;
import dev.braid.connectors.kafka.SourceOptions;
import dev.braid.connectors.kafka.StartOffsets;
import dev.braid.jobs.config.JobConfig;
import java.util.ArrayList;
import java.util.List;

/** The configuration in the words of the connectors. */
final class KafkaParts {
  private final JobConfig config;

  KafkaParts(final JobConfig config) {
    this.config = config;
  }

  KafkaCluster cluster() {
    return new KafkaCluster(config.kafka().bootstrapServers(), config.kafka().properties());
  }

  /** Topics the job reads or writes. */
  List<String> topics() {
    final JobConfig.Kafka kafka = config.kafka();
    final List<String> topics =
        new ArrayList<>(
            List.of(
                kafka.eventsTopic(),
                kafka.predictionsTopic(),
                kafka.metricsTopic(),
                kafka.driftTopic(),
                kafka.deadLettersTopic()));
    if (!kafka.labelsTopic().isEmpty()) {
      topics.add(kafka.labelsTopic());
    }
    if (!kafka.modelsTopic().isEmpty()) {
      topics.add(kafka.modelsTopic());
    }
    return topics;
  }

  SourceOptions source(final String topic) {
    final StartOffsets start =
        switch (config.kafka().start()) {
          case COMMITTED -> StartOffsets.COMMITTED;
          case EARLIEST -> StartOffsets.EARLIEST;
          case LATEST -> StartOffsets.LATEST;
        };
    return new SourceOptions(
        topic,
        config.kafka().group(),
        start,
        config.kafka().bounded(),
        config.kafka().recordBytes());
  }

  /** The models' topic, always exactly once: half of a checkpoint would be of no use. */
  SinkOptions models() {
    return new SinkOptions(
        config.kafka().modelsTopic(),
        true,
        config.job().name() + "-models",
        config.kafka().transactionTimeout(),
        SinkOptions.DEFAULT_MAX_BYTES);
  }

  SinkOptions sink(final String topic, final String name) {
    return new SinkOptions(
        topic,
        config.kafka().delivery() == JobConfig.Delivery.EXACTLY_ONCE,
        config.job().name() + "-" + name,
        config.kafka().transactionTimeout(),
        SinkOptions.DEFAULT_MAX_BYTES);
  }
}
