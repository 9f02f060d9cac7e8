package dev.braid.connectors.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.broker.LocalBroker;
import dev.braid.connectors.format.FieldNames;
import dev.braid.connectors.format.JsonFormat;
import dev.braid.connectors.format.RecordFormat.Content;
import dev.braid.connectors.format.RecordFormats;
import dev.braid.connectors.kafka.BrokerException;
import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.connectors.kafka.TopicReader;
import dev.braid.connectors.kafka.TopicSpec;
import dev.braid.connectors.kafka.Topics;
import dev.braid.data.InstanceSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class StreamProducerTest {
  private static LocalBroker broker;
  private static KafkaCluster cluster;

  @BeforeAll
  static void start() {
    broker = LocalBroker.start();
    cluster = KafkaCluster.at(broker.bootstrapServers());
    try (Topics topics = Topics.connect(cluster, Duration.ofSeconds(10))) {
      topics.create(
          List.of(
              TopicSpec.of("plain", 1), TopicSpec.of("late", 1), TopicSpec.of("late-labels", 1)));
    }
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void everyInstanceBecomesOneEventInOrder() {
    final List<Long> progress = new ArrayList<>();
    assertEquals(500, send(ProducerOptions.to("plain"), 500, progress));
    assertEquals(500, progress.size());
    assertEquals(500, progress.get(499));
    final List<String> events = read("plain");
    assertEquals(500, events.size());
    for (int i = 0; i < events.size(); i++) {
      final String start = "{\"id\":\"sea-" + i + "\",";
      assertTrue(events.get(i).startsWith(start), events.get(i));
    }
  }

  @Test
  void withheldLabelsFollowOnTheirTopic() {
    final ProducerOptions options =
        ProducerOptions.to("late").withLateLabels("late-labels", 0.4, 100);
    send(options, 1_000, new ArrayList<>());
    final long withLabel = read("late").stream().filter(e -> e.contains("\"label\":")).count();
    final List<String> labels = read("late-labels");
    assertEquals(1_000, withLabel + labels.size());
    assertEquals(400, labels.size(), 60);
    assertEquals(labels.size(), labels.stream().distinct().count());
  }

  @Test
  void topicThatDoesNotExistIsReported() {
    final KafkaCluster hasty =
        new KafkaCluster(broker.bootstrapServers(), Map.of("max.block.ms", "300"));
    try (StreamProducer producer =
            new StreamProducer(
                hasty,
                RecordFormats.writer(JsonFormat.NAME, Content.EVENT, FieldNames.DEFAULT, Map.of()),
                ProducerOptions.to("nowhere"));
        InstanceSource source = sea(10)) {
      final String message =
          assertThrows(BrokerException.class, () -> producer.send("sea", source, n -> {}))
              .getMessage();
      assertTrue(message.contains("did not take a record for topic nowhere"), message);
    }
  }

  private static long send(
      final ProducerOptions options, final long records, final List<Long> progress) {
    try (StreamProducer producer =
            new StreamProducer(
                cluster,
                RecordFormats.writer(JsonFormat.NAME, Content.EVENT, FieldNames.DEFAULT, Map.of()),
                options);
        InstanceSource source = sea(records)) {
      return producer.send("sea", source, progress::add);
    }
  }

  private static InstanceSource sea(final long records) {
    return StreamSpec.parse("sea_a", StreamOptions.DEFAULT).open(1, records);
  }

  private static List<String> read(final String topic) {
    final List<String> values = new ArrayList<>();
    try (TopicReader reader = new TopicReader(cluster, topic)) {
      reader.readToEnd(r -> values.add(new String(r.value(), StandardCharsets.UTF_8)));
    }
    return values;
  }
}
