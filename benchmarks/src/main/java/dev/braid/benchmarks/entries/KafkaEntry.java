package dev.braid.benchmarks.entries;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.braid.connectors.Event;
import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.connectors.kafka.TopicSpec;
import dev.braid.connectors.kafka.Topics;
import dev.braid.jobs.config.JobConfig;
import dev.braid.jobs.topology.BraidTopology;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The job with Kafka; the broker is a process of its own, so that its time is not counted. */
final class KafkaEntry implements EntryPoint, AutoCloseable {
  private final FlinkEntries flink;
  private final ApartBroker broker;
  private final KafkaCluster cluster;

  /**
   * @param flink where the job runs
   * @param events of the longest run; a quarter of them are in a topic of their own
   */
  KafkaEntry(final FlinkEntries flink, final int events) throws IOException {
    this.flink = flink;
    broker = ApartBroker.start();
    cluster = KafkaCluster.at(broker.bootstrapServers());
    fill("events" + events / 4, events / 4);
    fill("events" + events, events);
    create("predictions", "metrics", "drift", "dead-letters");
  }

  private void create(final String... names) {
    try (Topics topics = Topics.connect(cluster, Duration.ofSeconds(30))) {
      topics.create(
          Stream.of(names)
              .map(
                  name ->
                      name.equals("dead-letters")
                          ? TopicSpec.deadLetters(name)
                          : new TopicSpec(name, 1, (short) -1, Map.of()))
              .toList());
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // Flushed as the producer closes.
  private void fill(final String topic, final int events) {
    create(topic);
    final ObjectMapper json = new ObjectMapper();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            cluster.client(Map.of()), new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < events; i++) {
        final Event event = Events.event(i);
        final ObjectNode node = json.createObjectNode().put("id", event.id());
        final ObjectNode features = node.putObject("features");
        for (int f = 0; f < 7; f++) {
          features.put(Events.NAMES[f], event.numbers()[f]);
        }
        features.put(Events.NAMES[7], event.texts()[7]);
        node.put("label", event.label());
        producer.send(
            new ProducerRecord<>(topic, node.toString().getBytes(StandardCharsets.UTF_8)));
      }
    }
  }

  @Override
  public void run(final int events) throws Exception {
    final Map<String, String> keys = new HashMap<>();
    keys.put("kafka.bootstrap-servers", broker.bootstrapServers());
    keys.put("kafka.events-topic", "events" + events);
    keys.put("kafka.start", "earliest");
    keys.put("kafka.bounded", "true");
    keys.put("kafka.group", "entries-" + System.nanoTime());
    keys.put("job.parallelism", "1");
    final StreamExecutionEnvironment environment = flink.environment();
    BraidTopology.build(environment, JobConfig.of(keys));
    environment.execute();
  }

  @Override
  public void close() {
    broker.close();
  }
}
