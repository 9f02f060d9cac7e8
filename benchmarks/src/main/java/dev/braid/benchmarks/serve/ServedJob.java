package dev.braid.benchmarks.serve;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.benchmarks.entries.Events;
import dev.braid.connectors.Event;
import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.connectors.kafka.TopicSpec;
import dev.braid.connectors.kafka.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A job that learns and publishes its model each second, in a process of its own. */
final class ServedJob implements AutoCloseable {
  /** Where it publishes. */
  static final String MODELS = "models";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String EVENTS = "events";

  private final BraidChild job;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Thread feeder = new Thread(this::feed, "feeder");
  private final int perSecond;
  private volatile boolean closed;
  private int next;

  /**
   * @param folder for the job's state and what it says
   * @param preset of the job's model
   * @param perSecond events, once it goes on
   */
  ServedJob(final KafkaCluster cluster, final Path folder, final String preset, final int perSecond)
      throws IOException {
    this.perSecond = perSecond;
    try (Topics topics = Topics.connect(cluster, Duration.ofSeconds(30))) {
      topics.create(
          List.of(
              TopicSpec.of(EVENTS, 1),
              TopicSpec.of("predictions", 1),
              TopicSpec.of("metrics", 1),
              TopicSpec.of("drift", 1),
              TopicSpec.deadLetters("dead-letters"),
              TopicSpec.models(MODELS)));
    }
    producer =
        new KafkaProducer<>(
            cluster.client(Map.of()), new ByteArraySerializer(), new ByteArraySerializer());
    job =
        BraidChild.start(
            folder.resolve("job.log"),
            List.of("-Xmx512m"),
            List.of(
                "run",
                "--local",
                "--web-port",
                "0",
                "--preset",
                preset,
                "--bootstrap-servers",
                cluster.bootstrapServers(),
                "--models-topic",
                MODELS,
                "--checkpoint-interval",
                "1 s",
                "--out",
                folder.resolve("job").toString()));
  }

  /** Sends so many events, to be learned as fast as it goes. */
  void learn(final int events) {
    for (int i = 0; i < events; i++) {
      send(next++);
    }
    producer.flush();
  }

  @SuppressWarnings("FutureReturnValueIgnored") // One event fewer would do, too.
  private void send(final int i) {
    producer.send(
        new ProducerRecord<>(EVENTS, row(i, true).toString().getBytes(StandardCharsets.UTF_8)));
  }

  /** An event of the job's stream. */
  static ObjectNode row(final int i, final boolean labelled) {
    final Event event = Events.event(i);
    final ObjectNode node = JSON.createObjectNode().put("id", event.id());
    final ObjectNode features = node.putObject("features");
    for (int f = 0; f < event.names().length; f++) {
      if (event.texts()[f] == null) {
        features.put(event.names()[f], event.numbers()[f]);
      } else {
        features.put(event.names()[f], event.texts()[f]);
      }
    }
    if (labelled) {
      node.put("label", event.label());
    }
    return node;
  }

  /** Sends further events at their rate, until closed. */
  void goOn() {
    feeder.start();
  }

  private void feed() {
    final long begun = System.nanoTime();
    long sent = 0;
    while (!closed) {
      final long due = (System.nanoTime() - begun) * perSecond / 1_000_000_000L;
      for (; sent < due; sent++) {
        send(next++);
      }
      LockSupport.parkNanos(10_000_000);
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      feeder.join();
    } catch (final InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close();
    job.close();
  }
}
