package dev.braid.connectors.kafka;

import dev.braid.connectors.format.RecordEncoder;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Makes Kafka records of what the job says.
 *
 * <p>Their Kafka timestamp is the time of writing, not the event's: brokers refuse records from the
 * future, and delete records older than the retention time, which events of an old stream may be.
 */
final class EncodingSchema<T> implements KafkaRecordSerializationSchema<T> {
  private final String topic;
  private final Key<T> key;
  private final RecordEncoder<T> encoder;

  /** The model's key of a record. */
  interface Key<T> extends Function<T, String>, Serializable {}

  EncodingSchema(final String topic, final Key<T> key, final RecordEncoder<T> encoder) {
    this.topic = topic;
    this.key = key;
    this.encoder = encoder;
  }

  /** Called before the writer makes its producers. */
  @Override
  public void open(
      final SerializationSchema.InitializationContext context, final KafkaSinkContext sink) {
    QuietClients.hush();
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      final T value, final KafkaSinkContext context, final Long timestamp) {
    final String name = key.apply(value);
    return new ProducerRecord<>(
        topic,
        name.isEmpty() ? null : name.getBytes(StandardCharsets.UTF_8),
        encoder.encode(value));
  }
}
