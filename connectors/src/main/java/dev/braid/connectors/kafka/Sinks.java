package dev.braid.connectors.kafka;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.DriftRecord;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.PredictionRecord;
import dev.braid.connectors.format.FieldNames;
import dev.braid.connectors.format.JsonRecords;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;

/**
 * Flink sinks over Kafka topics. The Kafka key is the model's key, or none where that is empty, so
 * that one model's records keep their order.
 */
public final class Sinks {
  /** Largest record that Kafka's brokers take unless told otherwise. */
  private static final int DEFAULT_MAX_BYTES = 1 << 20;

  /** What of that is left for a value, beside key and framing. */
  private static final int MAX_VALUE_BYTES = 1_000_000;

  private static final int BATCH_BYTES = 128 << 10;

  private Sinks() {}

  /** Predictions as JSON. */
  public static KafkaSink<PredictionRecord> predictions(
      final KafkaCluster cluster, final SinkOptions options, final FieldNames fields) {
    return sink(
        cluster,
        options,
        DEFAULT_MAX_BYTES,
        new EncodingSchema<>(
            options.topic(),
            PredictionRecord::key,
            JsonRecords.predictions(fields, MAX_VALUE_BYTES)));
  }

  /** Metrics as JSON. */
  public static KafkaSink<MetricsRecord> metrics(
      final KafkaCluster cluster, final SinkOptions options, final FieldNames fields) {
    return sink(
        cluster,
        options,
        DEFAULT_MAX_BYTES,
        new EncodingSchema<>(options.topic(), MetricsRecord::key, JsonRecords.metrics(fields)));
  }

  /** Drift alarms and changes of expert pools as JSON. */
  public static KafkaSink<DriftRecord> drift(
      final KafkaCluster cluster, final SinkOptions options, final FieldNames fields) {
    return sink(
        cluster,
        options,
        DEFAULT_MAX_BYTES,
        new EncodingSchema<>(options.topic(), DriftRecord::key, JsonRecords.drift(fields)));
  }

  /**
   * Dead letters: the original key and value, with headers {@code reason}, {@code topic}, {@code
   * partition} and {@code offset} as text. A value too long for the topic keeps its first bytes,
   * and a header {@code original-bytes} tells its length.
   *
   * @param maxBytes largest record the topic takes, headers included: {@link
   *     Topics#maxMessageBytes}
   */
  public static KafkaSink<DeadLetter> deadLetters(
      final KafkaCluster cluster, final SinkOptions options, final int maxBytes) {
    return sink(cluster, options, maxBytes, new DeadLetterSchema(options.topic(), maxBytes));
  }

  private static <T> KafkaSink<T> sink(
      final KafkaCluster cluster,
      final SinkOptions options,
      final int maxBytes,
      final KafkaRecordSerializationSchema<T> schema) {
    final Properties producer =
        cluster.client(
            Map.of(
                "transaction.timeout.ms", Long.toString(options.transactionTimeout().toMillis()),
                "max.request.size", Integer.toString(Math.max(maxBytes, DEFAULT_MAX_BYTES)),
                "buffer.memory", Long.toString(Math.max(4L * maxBytes, 32L << 20)),
                // A request costs the broker and the client some hundred microseconds each: let
                // many records share it.
                "linger.ms", "10",
                "batch.size", Integer.toString(BATCH_BYTES),
                "compression.type", "lz4"));
    return KafkaSink.<T>builder()
        .setKafkaProducerConfig(producer)
        .setBootstrapServers(cluster.bootstrapServers())
        .setDeliveryGuarantee(
            options.exactlyOnce()
                ? DeliveryGuarantee.EXACTLY_ONCE
                : DeliveryGuarantee.AT_LEAST_ONCE)
        .setTransactionalIdPrefix(options.transactionalIdPrefix())
        .setRecordSerializer(schema)
        .build();
  }
}
