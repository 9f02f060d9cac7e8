package dev.braid.benchmarks.serve;

import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.connectors.kafka.TopicReader;
import dev.braid.connectors.kafka.TopicSpec;
import dev.braid.connectors.kafka.Topics;
import dev.braid.jobs.publish.ModelKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Publishes again what a job published, a checkpoint a second and each in a transaction, as the job
 * did, so that a replica sees the same while nothing learns.
 */
final class Replay implements AutoCloseable {
  private final List<List<ProducerRecord<byte[], byte[]>>> checkpoints;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Thread thread = new Thread(this::play, "replay");
  private int next;
  private volatile boolean closed;

  /**
   * Reads what was published, and publishes all of it at once but what is to come in time.
   *
   * @param from where it was published
   * @param to another topic, which it makes
   * @param last checkpoints to come
   */
  Replay(final KafkaCluster cluster, final String from, final String to, final int last) {
    checkpoints = read(cluster, from, to);
    try (Topics topics = Topics.connect(cluster, Duration.ofSeconds(30))) {
      topics.create(List.of(TopicSpec.models(to)));
    }
    producer =
        new KafkaProducer<>(
            cluster.client(Map.of("transactional.id", to)),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    producer.initTransactions();
    while (next < checkpoints.size() - last) {
      publish();
    }
  }

  private static List<List<ProducerRecord<byte[], byte[]>>> read(
      final KafkaCluster cluster, final String from, final String to) {
    final List<List<ProducerRecord<byte[], byte[]>>> checkpoints = new ArrayList<>();
    final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (TopicReader reader = new TopicReader(cluster, from)) {
      reader.readToEnd(
          record -> {
            records.add(new ProducerRecord<>(to, record.key(), record.value()));
            if (isEnd(record)) {
              checkpoints.add(List.copyOf(records));
              records.clear();
            }
          });
    }
    return checkpoints;
  }

  private static boolean isEnd(final ConsumerRecord<byte[], byte[]> record) {
    final ModelKey key = ModelKey.parse(new String(record.key(), StandardCharsets.UTF_8));
    return key != null && key.part() == ModelKey.CHECKPOINT;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // The commit fails if one of them does.
  private void publish() {
    producer.beginTransaction();
    checkpoints.get(next++).forEach(producer::send);
    producer.commitTransaction();
  }

  /** Publishes a checkpoint each second, until there is none any more. */
  void start() {
    thread.start();
  }

  private void play() {
    final long begun = System.nanoTime();
    for (int second = 0; !closed && next < checkpoints.size(); second++) {
      while (!closed && System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(second)) {
        LockSupport.parkNanos(10_000_000);
      }
      publish();
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (final InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close();
  }
}
