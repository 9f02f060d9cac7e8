package dev.braid.connectors.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads a topic from its start, only what was committed, without a consumer group. Not thread-safe.
 */
public final class TopicReader implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions;

  /**
   * @throws BrokerException if there is no such topic
   * @throws org.apache.kafka.common.KafkaException if no broker answers
   */
  public TopicReader(final KafkaCluster cluster, final String topic) {
    QuietClients.hush();
    consumer =
        new KafkaConsumer<>(
            cluster.client(
                Map.of("isolation.level", "read_committed", "enable.auto.commit", "false")),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    final List<PartitionInfo> found = consumer.partitionsFor(topic, TIMEOUT);
    if (found == null || found.isEmpty()) {
      consumer.close();
      throw new BrokerException(
          "Kafka at " + cluster.bootstrapServers() + " has no topic " + topic, null);
    }
    partitions = found.stream().map(p -> new TopicPartition(p.topic(), p.partition())).toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /**
   * Hands over what has come since the last call.
   *
   * @param wait for how long to wait if there is nothing yet
   * @return how many records there were
   */
  public int poll(final Duration wait, final Consumer<ConsumerRecord<byte[], byte[]>> action) {
    final var records = consumer.poll(wait);
    records.forEach(action);
    return records.count();
  }

  /** Hands over everything from here to the end of the topic as it is now. */
  public void readToEnd(final Consumer<ConsumerRecord<byte[], byte[]>> action) {
    final Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, TIMEOUT);
    while (ends.entrySet().stream()
        .anyMatch(end -> consumer.position(end.getKey(), TIMEOUT) < end.getValue())) {
      poll(Duration.ofMillis(100), action);
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
