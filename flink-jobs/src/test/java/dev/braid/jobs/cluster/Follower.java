package dev.braid.jobs.cluster;

import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.connectors.kafka.TopicReader;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Counts what comes to a topic, while it comes. */
final class Follower implements AutoCloseable {
  private final AtomicLong seen = new AtomicLong();
  private final KafkaCluster kafka;
  private final String topic;
  private final Consumer<ConsumerRecord<byte[], byte[]>> action;
  private volatile boolean ending;
  private volatile RuntimeException failure;

  private Follower(
      final KafkaCluster kafka,
      final String topic,
      final Consumer<ConsumerRecord<byte[], byte[]>> action) {
    this.kafka = kafka;
    this.topic = topic;
    this.action = action;
  }

  /**
   * Begins at the topic's start.
   *
   * @param isolation {@code read_committed} or {@code read_uncommitted}
   * @param action for every record, in a thread of its own
   */
  static Follower start(
      final KafkaCluster kafka,
      final String topic,
      final String isolation,
      final Consumer<ConsumerRecord<byte[], byte[]>> action) {
    final Follower follower =
        new Follower(
            new KafkaCluster(kafka.bootstrapServers(), Map.of("isolation.level", isolation)),
            topic,
            action);
    final Thread thread = new Thread(follower::run, "follower of " + topic);
    thread.setDaemon(true);
    thread.start();
    return follower;
  }

  private void run() {
    try (TopicReader reader = new TopicReader(kafka, topic)) {
      while (!ending) {
        reader.poll(
            Duration.ofMillis(100),
            record -> {
              seen.incrementAndGet();
              action.accept(record);
            });
      }
    } catch (final RuntimeException e) {
      failure = e;
    }
  }

  /** Records so far. */
  long seen() {
    if (failure != null) {
      throw failure;
    }
    return seen.get();
  }

  /**
   * Waits until so many records are there.
   *
   * @return milliseconds it took
   */
  long await(final long count, final long patienceMillis) throws InterruptedException {
    final long begin = System.nanoTime();
    while (seen() < count) {
      if (System.nanoTime() - begin > patienceMillis * 1_000_000) {
        throw new AssertionError(
            "topic " + topic + " has " + seen() + " records instead of " + count);
      }
      Thread.sleep(20);
    }
    return (System.nanoTime() - begin) / 1_000_000;
  }

  @Override
  public void close() {
    ending = true;
  }
}
