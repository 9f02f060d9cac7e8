package dev.braid.connectors.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.connectors.kafka.TopicReader;
import dev.braid.connectors.kafka.TopicSpec;
import dev.braid.connectors.kafka.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class BrokerProcessTest {

  @Test
  void aKilledBrokerComesBackWithWhatItHadAcknowledged() throws Exception {
    try (BrokerProcess broker = BrokerProcess.start()) {
      final KafkaCluster kafka = KafkaCluster.at(broker.bootstrapServers());
      try (Topics topics = Topics.connect(kafka, Duration.ofSeconds(10))) {
        topics.create(List.of(TopicSpec.of("t", 1)));
      }
      try (KafkaProducer<String, String> producer =
          new KafkaProducer<>(
              kafka.client(Map.of()), new StringSerializer(), new StringSerializer())) {
        producer.send(new ProducerRecord<>("t", "one")).get();
      }
      broker.kill();
      broker.restart();
      final List<String> values = new ArrayList<>();
      try (TopicReader reader = new TopicReader(kafka, "t")) {
        reader.readToEnd(r -> values.add(new String(r.value(), StandardCharsets.UTF_8)));
      }
      assertEquals(List.of("one"), values);
    }
  }
}
