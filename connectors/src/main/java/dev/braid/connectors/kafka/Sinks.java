package dev.braid.connectors.kafka;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.DriftRecord;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.ModelRecord;
import dev.braid.connectors.Origin;
import dev.braid.connectors.PredictionRecord;
import dev.braid.connectors.format.FieldNames;
import dev.braid.connectors.format.JsonRecords;
import dev.braid.connectors.format.RecordEncoder;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;

/**
 * Flink sinks over Kafka topics. The Kafka key is the model's key, or none where that is empty, so
 * that one model's records keep their order.
 */
public final class Sinks {
  /** What a record needs beside its value: key and framing. */
  private static final int BESIDE_VALUE = 48 << 10;

  private static final int BATCH_BYTES = 128 << 10;

  private Sinks() {}

  /** Longest value that a sink takes. */
  public static int mostBytes(final SinkOptions options) {
    return Math.min(SinkOptions.DEFAULT_MAX_BYTES, options.maxMessageBytes()) - BESIDE_VALUE;
  }

  /**
   * Predictions.
   *
   * @param encoder makes no value longer than {@link #mostBytes}
   */
  public static Sink<PredictionRecord> predictions(
      final KafkaCluster cluster,
      final SinkOptions options,
      final RecordEncoder<PredictionRecord> encoder) {
    return sink(
        cluster,
        options,
        new EncodingSchema<>(options.topic(), PredictionRecord::key, encoder),
        PredictionRecord::id);
  }

  /** Metrics as JSON. */
  public static Sink<MetricsRecord> metrics(
      final KafkaCluster cluster, final SinkOptions options, final FieldNames fields) {
    return sink(
        cluster,
        options,
        new EncodingSchema<>(options.topic(), MetricsRecord::key, JsonRecords.metrics(fields)),
        MetricsRecord::key);
  }

  /** Drift alarms and changes of expert pools as JSON. */
  public static Sink<DriftRecord> drift(
      final KafkaCluster cluster, final SinkOptions options, final FieldNames fields) {
    return sink(
        cluster,
        options,
        new EncodingSchema<>(options.topic(), DriftRecord::key, JsonRecords.drift(fields)),
        DriftRecord::key);
  }

  /**
   * Dead letters: the original key and value, with headers {@code reason}, {@code topic}, {@code
   * partition} and {@code offset} as text. A value too long for the topic keeps its first bytes,
   * and a header {@code original-bytes} tells its length.
   */
  public static Sink<DeadLetter> deadLetters(
      final KafkaCluster cluster, final SinkOptions options) {
    return sink(
        cluster,
        options,
        new DeadLetterSchema(options.topic(), options.maxMessageBytes()),
        letter -> place(letter.origin()));
  }

  /** What is published of models, in the topic's one partition. */
  public static Sink<ModelRecord> models(final KafkaCluster cluster, final SinkOptions options) {
    return sink(cluster, options, new ModelSchema(options.topic()), ModelRecord::key);
  }

  private static String place(final Origin origin) {
    return origin.topic() + "-" + origin.partition() + "-" + origin.offset();
  }

  private static <T> Sink<T> sink(
      final KafkaCluster cluster,
      final SinkOptions options,
      final KafkaRecordSerializationSchema<T> schema,
      final CountedSink.Subject<T> subject) {
    final KafkaSink<T> sink =
        KafkaSink.<T>builder()
            .setKafkaProducerConfig(producer(cluster, options))
            .setBootstrapServers(cluster.bootstrapServers())
            .setDeliveryGuarantee(
                options.exactlyOnce()
                    ? DeliveryGuarantee.EXACTLY_ONCE
                    : DeliveryGuarantee.AT_LEAST_ONCE)
            .setTransactionalIdPrefix(options.transactionalIdPrefix())
            .setRecordSerializer(schema)
            .build();
    return options.exactlyOnce() ? new CountedSink<>(sink, cluster, options, subject) : sink;
  }

  private static Properties producer(final KafkaCluster cluster, final SinkOptions options) {
    final int maxBytes = options.maxMessageBytes();
    return cluster.client(
        Map.of(
            "transaction.timeout.ms",
            Long.toString(options.transactionTimeout().toMillis()),
            "max.request.size",
            Integer.toString(Math.max(maxBytes, SinkOptions.DEFAULT_MAX_BYTES)),
            "buffer.memory",
            Long.toString(Math.max(4L * maxBytes, 32L << 20)),
            // A request costs the broker and the client some hundred microseconds each: let
            // many records share it.
            "linger.ms",
            "10",
            "batch.size",
            Integer.toString(BATCH_BYTES),
            "compression.type",
            "lz4"));
  }
}
