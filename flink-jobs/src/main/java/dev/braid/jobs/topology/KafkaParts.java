package dev.braid.jobs.topology;

import dev.braid.connectors.format.DecoderOptions;
import dev.braid.connectors.format.FieldNames;
import dev.braid.connectors.format.Formats;
import dev.braid.connectors.format.RecordDecoder;
import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.connectors.kafka.SinkOptions;
import dev.braid.connectors.kafka.SourceOptions;
import dev.braid.connectors.kafka.StartOffsets;
import dev.braid.data.Feature;
import dev.braid.jobs.config.JobConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
    return topics;
  }

  SourceOptions source(final String topic) {
    final StartOffsets start =
        switch (config.kafka().start()) {
          case COMMITTED -> StartOffsets.COMMITTED;
          case EARLIEST -> StartOffsets.EARLIEST;
          case LATEST -> StartOffsets.LATEST;
        };
    return new SourceOptions(topic, config.kafka().group(), start, config.kafka().bounded());
  }

  SinkOptions sink(final String topic, final String name) {
    return new SinkOptions(
        topic,
        config.kafka().delivery() == JobConfig.Delivery.EXACTLY_ONCE,
        config.job().name() + "-" + name,
        config.kafka().transactionTimeout());
  }

  FieldNames fields() {
    final JobConfig.Events events = config.events();
    return new FieldNames(
        events.idField(),
        events.keyField(),
        events.timestampField(),
        events.featuresField(),
        events.labelField());
  }

  RecordDecoder eventDecoder() {
    final JobConfig.Events events = config.events();
    return switch (events.format()) {
      case JSON -> Formats.jsonEvents(options().withDeriveId(events.deriveId()));
      case CSV ->
          Formats.csvEvents(
              options().withDeriveId(events.deriveId()),
              events.csvColumns(),
              events.csvDelimiter());
    };
  }

  RecordDecoder labelDecoder() {
    return switch (config.events().format()) {
      case JSON -> Formats.jsonLabels(options());
      case CSV ->
          Formats.csvLabels(
              options(), config.labels().csvColumns(), config.events().csvDelimiter());
    };
  }

  private DecoderOptions options() {
    final Map<String, Feature.Kind> declared = new HashMap<>();
    config.schema().numeric().forEach(name -> declared.put(name, Feature.Kind.NUMERIC));
    config.schema().nominal().forEach(name -> declared.put(name, Feature.Kind.NOMINAL));
    final JobConfig.Limits limits = config.limits();
    return DecoderOptions.DEFAULT
        .withFields(fields())
        .withDeclared(declared)
        .withLimits(limits.recordBytes(), limits.features(), limits.textLength());
  }
}
