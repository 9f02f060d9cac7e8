package dev.braid.connectors.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.connectors.kafka.TopicReader;
import dev.braid.connectors.kafka.TopicSpec;
import dev.braid.connectors.kafka.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalBrokerTest {
  @TempDir Path folder;

  @Test
  void restartedBrokerHasItsAddressAndRecords() {
    try (LocalBroker broker = LocalBroker.start()) {
      final String address = broker.bootstrapServers();
      createTopic(address);
      send(address, "one");
      broker.stop();
      broker.restart();
      assertEquals(address, broker.bootstrapServers());
      send(address, "two");
      assertEquals(List.of("one", "two"), read(address));
    }
  }

  @Test
  void brokerOnADirectoryLivesOnThere() {
    final String address;
    try (LocalBroker broker = LocalBroker.start(folder)) {
      address = broker.bootstrapServers();
      createTopic(address);
      send(address, "one");
    }
    try (LocalBroker broker = LocalBroker.start(folder)) {
      assertEquals(address, broker.bootstrapServers());
      assertEquals(List.of("one"), read(address));
    }
    assertTrue(Files.exists(folder.resolve("server.properties")));
  }

  @Test
  void closedBrokerLeavesNothingBehind() {
    final BrokerDirectory directory = BrokerDirectory.temporary();
    assertTrue(Files.exists(directory.configuration()));
    directory.deleteIfTemporary();
    assertFalse(Files.exists(directory.configuration().getParent()));
  }

  private static void createTopic(final String address) {
    try (Topics topics = Topics.connect(KafkaCluster.at(address), Duration.ofSeconds(10))) {
      topics.create(List.of(TopicSpec.of("t", 1)));
    }
  }

  private static void send(final String address, final String value) {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            KafkaCluster.at(address).client(Map.of()),
            new StringSerializer(),
            new StringSerializer())) {
      producer.send(new ProducerRecord<>("t", value)).get();
    } catch (final InterruptedException | java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> read(final String address) {
    final List<String> values = new ArrayList<>();
    try (TopicReader reader = new TopicReader(KafkaCluster.at(address), "t")) {
      reader.readToEnd(r -> values.add(new String(r.value(), StandardCharsets.UTF_8)));
    }
    return values;
  }
}
