package dev.braid.connectors.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.broker.LocalBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TopicsTest {
  private static LocalBroker broker;

  @BeforeAll
  static void start() {
    broker = LocalBroker.start();
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void missingTopicsAreCreatedAndOthersLeftAlone() {
    try (Topics topics = connect(Map.of())) {
      assertEquals(List.of("a"), topics.create(List.of(TopicSpec.of("a", 2))));
      assertEquals(
          List.of("b"), topics.create(List.of(TopicSpec.of("a", 5), TopicSpec.of("b", 1))));
      topics.require(List.of("a", "b"));
    }
  }

  @Test
  void missingTopicIsNamed() {
    try (Topics topics = connect(Map.of())) {
      assertEquals(
          "Kafka at "
              + broker.bootstrapServers()
              + " has no topic nowhere: create it, or give the name of one that exists",
          assertThrows(BrokerException.class, () -> topics.require(List.of("nowhere")))
              .getMessage());
    }
  }

  @Test
  void readerNamesTheTopicThatIsNotThere() {
    assertEquals(
        "Kafka at " + broker.bootstrapServers() + " has no topic nowhere",
        assertThrows(BrokerException.class, () -> new TopicReader(cluster(Map.of()), "nowhere"))
            .getMessage());
  }

  @Test
  void deadLettersTopicTakesLongRecords() {
    try (Topics topics = connect(Map.of())) {
      topics.create(List.of(TopicSpec.deadLetters("dead")));
      assertEquals(16 << 20, topics.maxMessageBytes("dead"));
    }
  }

  @Test
  void aTopicTooNarrowForWhatIsWrittenIsRefusedByName() {
    try (Topics topics = connect(Map.of())) {
      topics.create(
          List.of(
              new TopicSpec("narrow", 1, (short) -1, Map.of("max.message.bytes", "1000")),
              TopicSpec.of("wide", 1)));
      assertTrue(topics.requireMessageBytes("wide", 1 << 20) >= 1 << 20);
      assertEquals(
          "topic narrow at "
              + broker.bootstrapServers()
              + " takes records of 1000 bytes at most: raise its max.message.bytes to 262144 or"
              + " more, since a record that does not fit would stop the job",
          assertThrows(
                  BrokerException.class,
                  () -> topics.requireMessageBytes("narrow", SinkOptions.LEAST_MAX_BYTES))
              .getMessage());
    }
  }

  @Test
  void transactionsLongerThanTheBrokerAllowsAreRefused() {
    try (Topics topics = connect(Map.of())) {
      topics.requireTransactions(Duration.ofMinutes(15));
      assertEquals(
          "Kafka at "
              + broker.bootstrapServers()
              + " keeps no transaction open for 900001 ms: ask for less, or raise the brokers'"
              + " transaction.max.timeout.ms, which is 900000",
          assertThrows(
                  BrokerException.class,
                  () -> topics.requireTransactions(Duration.ofMillis(900_001)))
              .getMessage());
    }
  }

  @Test
  void topicThatKafkaRefusesIsNamedWithTheReason() {
    try (Topics topics = connect(Map.of())) {
      final String message =
          assertThrows(
                  BrokerException.class, () -> topics.create(List.of(TopicSpec.of("no spaces", 1))))
              .getMessage();
      assertTrue(message.contains("refused to create topic no spaces"), message);
    }
  }

  @Test
  void unreachableBrokerIsReportedInTime() {
    final KafkaCluster nobody = KafkaCluster.at("127.0.0.1:1");
    try (Topics topics = Topics.connect(nobody, Duration.ofMillis(500))) {
      assertEquals(
          "no Kafka broker answers at 127.0.0.1:1 within 500 ms: is it running, and is the address"
              + " right?",
          assertThrows(BrokerException.class, topics::names).getMessage());
    }
  }

  @Test
  void addressWithoutAPortIsRefused() {
    final String message =
        assertThrows(
                BrokerException.class,
                () -> Topics.connect(KafkaCluster.at("nowhere"), Duration.ofSeconds(1)))
            .getMessage();
    assertTrue(message.startsWith("no Kafka client can be made for nowhere: "), message);
  }

  @Test
  void propertiesOfTheUserWin() {
    final KafkaCluster cluster =
        cluster(Map.of("client.id", "mine", "isolation.level", "read_uncommitted"));
    final var properties = cluster.client(Map.of("isolation.level", "read_committed"));
    assertEquals("mine", properties.getProperty("client.id"));
    assertEquals("read_uncommitted", properties.getProperty("isolation.level"));
  }

  private static KafkaCluster cluster(final Map<String, String> properties) {
    return new KafkaCluster(broker.bootstrapServers(), properties);
  }

  private static Topics connect(final Map<String, String> properties) {
    return Topics.connect(cluster(properties), Duration.ofSeconds(10));
  }
}
