package dev.braid.connectors.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Follows some topics, from what was written to them of late on: only what was committed, without a
 * consumer group. Goes on by itself where brokers were away. Not thread-safe.
 */
public final class RecentRecords implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration SOON = Duration.ofSeconds(2);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions = new ArrayList<>();

  /**
   * @param span how far back the first records may be, by the time that Kafka has for them
   * @throws BrokerException if there is no such topic, or no client can be made
   * @throws KafkaException if no broker answers
   */
  public RecentRecords(final KafkaCluster cluster, final List<String> topics, final Duration span) {
    ClientCheck.check(cluster);
    consumer =
        new KafkaConsumer<>(
            cluster.client(
                Map.of(
                    "isolation.level",
                    "read_committed",
                    "enable.auto.commit",
                    "false",
                    "auto.offset.reset",
                    "earliest")),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    try {
      for (final String topic : topics) {
        assign(cluster, topic);
      }
      consumer.assign(partitions);
      seek(Instant.now().minus(span).toEpochMilli());
    } catch (final RuntimeException failed) {
      consumer.close();
      throw failed;
    }
  }

  private void assign(final KafkaCluster cluster, final String topic) {
    final List<PartitionInfo> found = consumer.partitionsFor(topic, TIMEOUT);
    if (found == null || found.isEmpty()) {
      throw new BrokerException(
          "Kafka at " + cluster.bootstrapServers() + " has no topic '" + topic + "'", null);
    }
    found.forEach(p -> partitions.add(new TopicPartition(p.topic(), p.partition())));
  }

  private void seek(final long oldest) {
    final Map<TopicPartition, Long> times = new HashMap<>();
    partitions.forEach(partition -> times.put(partition, oldest));
    final Map<TopicPartition, OffsetAndTimestamp> first = consumer.offsetsForTimes(times, TIMEOUT);
    for (final TopicPartition partition : partitions) {
      if (first.get(partition) == null) {
        consumer.seekToEnd(List.of(partition));
        consumer.position(partition, TIMEOUT); // Else what comes meanwhile would be passed over.
      } else {
        consumer.seek(partition, first.get(partition).offset());
      }
    }
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

  /** Whether the brokers answer now. */
  public boolean answers() {
    try {
      consumer.endOffsets(partitions, SOON);
      return true;
    } catch (final KafkaException silent) {
      return false;
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
