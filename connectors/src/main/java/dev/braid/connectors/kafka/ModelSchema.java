package dev.braid.connectors.kafka;

import dev.braid.connectors.ModelRecord;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Makes Kafka records of what is published of models, all in the topic's one partition. */
final class ModelSchema implements KafkaRecordSerializationSchema<ModelRecord> {
  private static final long serialVersionUID = 1L;

  private final String topic;

  ModelSchema(final String topic) {
    this.topic = topic;
  }

  @Override
  public void open(
      final SerializationSchema.InitializationContext context, final KafkaSinkContext sink) {
    QuietClients.hush();
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      final ModelRecord record, final KafkaSinkContext context, final Long timestamp) {
    return new ProducerRecord<>(
        topic, 0, record.key().getBytes(StandardCharsets.UTF_8), record.value());
  }
}
