package dev.braid.jobs.cluster;

import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.jobs.topology.Rows;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Events that keep coming, evenly, whatever happens to those who read them. */
final class Traffic implements AutoCloseable {
  /** Longer than any broker of these tests is away. */
  private static final String PATIENCE_MILLIS = "300000";

  /** Kafka's name for who sends. */
  static final String CLIENT = "traffic";

  /** Events between one without its label and that label. */
  private static final int LATE = 100;

  private final KafkaProducer<byte[], byte[]> producer;
  private final String topic;
  private final String labels;
  private final int keys;
  private final Thread thread;
  private volatile boolean ending;
  private final AtomicInteger sent = new AtomicInteger();
  private volatile RuntimeException failure;

  private Traffic(
      final KafkaCluster kafka,
      final String topic,
      final String labels,
      final int keys,
      final int perSecond) {
    this.topic = topic;
    this.labels = labels;
    this.keys = keys;
    producer =
        new KafkaProducer<>(
            kafka.client(
                Map.of(
                    "client.id", CLIENT,
                    "linger.ms", "5",
                    "delivery.timeout.ms", PATIENCE_MILLIS,
                    "max.block.ms", PATIENCE_MILLIS)),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    thread = new Thread(() -> run(perSecond), "traffic");
    thread.start();
  }

  /**
   * Begins to send events with their labels.
   *
   * @param keys models that the events belong to in turn
   * @param perSecond events a second
   */
  static Traffic start(
      final KafkaCluster kafka, final String topic, final int keys, final int perSecond) {
    return new Traffic(kafka, topic, null, keys, perSecond);
  }

  /** The same, with the labels late and in a topic of their own. */
  static Traffic start(
      final KafkaCluster kafka,
      final String topic,
      final String labels,
      final int keys,
      final int perSecond) {
    return new Traffic(kafka, topic, labels, keys, perSecond);
  }

  private void run(final int perSecond) {
    final long begin = System.nanoTime();
    try {
      Future<RecordMetadata> last = null;
      while (!ending) {
        final double seconds = (System.nanoTime() - begin) / 1e9;
        while (!ending && sent.get() < seconds * perSecond) {
          last = send(sent.get());
          sent.incrementAndGet();
        }
        TimeUnit.MILLISECONDS.sleep(10);
      }
      for (int i = Math.max(0, sent.get() - LATE); labels != null && i < sent.get(); i++) {
        last = sendLabel(i);
      }
      producer.flush();
      if (last != null) {
        last.get();
      }
    } catch (final Exception e) {
      failure = new IllegalStateException("the traffic ended after event " + sent.get(), e);
    }
  }

  private Future<RecordMetadata> send(final int i) {
    final String event = Rows.event(i, key(i), "e" + i, labels == null);
    final Future<RecordMetadata> sending = send(topic, key(i), event);
    return labels == null || i < LATE ? sending : sendLabel(i - LATE);
  }

  private Future<RecordMetadata> sendLabel(final int i) {
    final String label =
        "{\"id\":\"e" + i + "\",\"key\":\"" + key(i) + "\",\"label\":\"" + Rows.label(i) + "\"}";
    return send(labels, key(i), label);
  }

  private String key(final int i) {
    return "k" + i % keys;
  }

  /** Under the model's key, so that its records keep their order in one partition. */
  private Future<RecordMetadata> send(final String to, final String key, final String value) {
    return producer.send(new ProducerRecord<>(to, bytes(key), bytes(value)));
  }

  private static byte[] bytes(final String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Events sent so far. */
  int sent() {
    return sent.get();
  }

  /**
   * Ends the traffic; everything is on the broker then.
   *
   * @return events sent
   */
  int finish() throws InterruptedException {
    ending = true;
    thread.join();
    if (failure != null) {
      throw failure;
    }
    return sent.get();
  }

  @Override
  public void close() {
    ending = true;
    producer.close(Duration.ZERO);
  }
}
