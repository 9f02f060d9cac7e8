package dev.braid.connectors.kafka;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Origin;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Makes Kafka records of dead letters; what would not fit the topic is cut, and said to be. */
final class DeadLetterSchema implements KafkaRecordSerializationSchema<DeadLetter> {
  /** Room for what Kafka adds to a record and its batch. */
  private static final int FRAME = 1024;

  private static final int MAX_REASON = 4096;

  private final String topic;
  private final int maxBytes;

  DeadLetterSchema(final String topic, final int maxBytes) {
    if (maxBytes < 4 * (FRAME + MAX_REASON)) {
      throw new IllegalArgumentException(
          "topic '"
              + topic
              + "' takes records of "
              + maxBytes
              + " bytes, too few for dead letters");
    }
    this.topic = topic;
    this.maxBytes = maxBytes;
  }

  /** Called before the writer makes its producers. */
  @Override
  public void open(
      final SerializationSchema.InitializationContext context, final KafkaSinkContext sink) {
    QuietClients.hush();
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      final DeadLetter letter, final KafkaSinkContext context, final Long timestamp) {
    final Origin origin = letter.origin();
    final byte[] reason = cut(utf8(letter.reason()), MAX_REASON);
    final byte[] key = cut(origin.recordKey(), maxBytes / 4);
    final int used =
        FRAME + reason.length + origin.topic().length() + (key == null ? 0 : key.length);
    final byte[] value = cut(origin.bytes(), maxBytes - used);
    final ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, key, value);
    record
        .headers()
        .add("reason", reason)
        .add("topic", utf8(origin.topic()))
        .add("partition", utf8(Integer.toString(origin.partition())))
        .add("offset", utf8(Long.toString(origin.offset())));
    if (value != origin.bytes() || origin.isCut()) {
      record.headers().add("original-bytes", utf8(Integer.toString(origin.length())));
    }
    return record;
  }

  private static byte[] cut(final byte[] bytes, final int length) {
    return bytes == null || bytes.length <= length ? bytes : Arrays.copyOf(bytes, length);
  }

  private static byte[] utf8(final String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
