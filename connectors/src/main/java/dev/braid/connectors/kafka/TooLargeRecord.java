package dev.braid.connectors.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Finds the record that does not fit the heap once it is decompressed. Kafka's consumer gives no
 * hint, since it fails before there is a record: so the records from where the reader stood are
 * read once more, one at a time, until it fails again.
 */
final class TooLargeRecord {
  /** Beyond what a reader had ahead of where it stood. */
  private static final int MOST_RECORDS = 10 * Sources.POLL_RECORDS;

  private static final Duration POLL = Duration.ofSeconds(1);
  private static final int EMPTY_POLLS = 5;

  private TooLargeRecord() {}

  /**
   * @param client properties of the reader's consumer
   * @param splits where the reader stood
   * @return topic, partition and offset in words; or the partitions, where the record did not show
   */
  static String place(final Properties client, final List<KafkaPartitionSplit> splits) {
    for (final KafkaPartitionSplit split : splits) {
      final long offset = offset(client, split);
      if (offset >= 0) {
        return "topic "
            + split.getTopic()
            + ", partition "
            + split.getPartition()
            + ", offset "
            + offset;
      }
    }
    return "one behind these places: " + splits;
  }

  /** Offset of the record that does not fit, or -1. */
  private static long offset(final Properties client, final KafkaPartitionSplit split) {
    final Properties single = new Properties();
    single.putAll(client);
    single.putAll(Map.of("max.poll.records", "1", "enable.auto.commit", "false"));
    single.remove("group.id");
    final TopicPartition partition = split.getTopicPartition();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(single, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      if (split.getStartingOffset() < 0) {
        consumer.seekToBeginning(List.of(partition));
      } else {
        consumer.seek(partition, split.getStartingOffset());
      }
      return offset(consumer, partition);
    } catch (final KafkaException unreadable) {
      return -1;
    }
  }

  private static long offset(
      final KafkaConsumer<byte[], byte[]> consumer, final TopicPartition partition) {
    int empty = 0;
    for (int n = 0; n < MOST_RECORDS && empty < EMPTY_POLLS; n++) {
      final long position = consumer.position(partition);
      try {
        empty = consumer.poll(POLL).isEmpty() ? empty + 1 : 0;
      } catch (final OutOfMemoryError tooLarge) {
        return position;
      }
    }
    return -1;
  }
}
