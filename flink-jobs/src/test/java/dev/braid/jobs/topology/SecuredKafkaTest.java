package dev.braid.jobs.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.kafka.BrokerException;
import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.connectors.kafka.TopicReader;
import dev.braid.jobs.cli.LocalCluster;
import dev.braid.jobs.config.JobConfig;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS on both sides and SASL, passed through to every client, and nothing of it in a log. */
@Timeout(300)
class SecuredKafkaTest {
  @TempDir static Path folder;
  private static SecuredBroker broker;

  @BeforeAll
  static void start() throws Exception {
    broker = SecuredBroker.start(folder);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  private static JobConfig config(final String password) {
    final Map<String, String> values = new HashMap<>();
    values.put("kafka.bootstrap-servers", broker.bootstrapServers());
    values.put("kafka.bounded", "true");
    values.put("checkpoints.interval", "300 ms");
    values.put("job.parallelism", "1");
    broker.client(password).forEach((name, value) -> values.put("kafka.properties." + name, value));
    return JobConfig.of(values);
  }

  private static void run(final JobConfig config) throws Exception {
    try (LocalCluster cluster = LocalCluster.start(folder.resolve("flink"), 1, "0")) {
      final StreamExecutionEnvironment environment = cluster.environment();
      BraidTopology.build(environment, config);
      environment.execute("secured");
    }
  }

  @Test
  void jobReadsAndWritesOverTlsWithAPasswordAndLogsNoSecret() throws Exception {
    final KafkaCluster kafka = broker.kafka();
    final JobConfig config = config(SecuredBroker.PASSWORD);
    final List<String> ids = new ArrayList<>();
    try (LogWatch log = LogWatch.start()) {
      Rig.createTopics(kafka, config);
      try (KafkaProducer<byte[], byte[]> producer =
          new KafkaProducer<>(
              kafka.client(Map.of()), new ByteArraySerializer(), new ByteArraySerializer())) {
        for (int i = 0; i < 200; i++) {
          final byte[] event = Rows.event(i, "").getBytes(StandardCharsets.UTF_8);
          producer.send(new ProducerRecord<>("events", event)).get();
        }
      }
      run(config);
      try (TopicReader reader = new TopicReader(kafka, "predictions")) {
        reader.readToEnd(record -> ids.add(new String(record.value(), StandardCharsets.UTF_8)));
      }
      assertTrue(log.text().contains("ProducerConfig values"), "the clients log their settings");
      assertNoSecret(log.text());
    }
    assertEquals(
        new TreeSet<>(IntStream.range(0, 200).mapToObj(i -> "e" + i).toList()),
        new TreeSet<>(Rows.ids(ids)));
  }

  @Test
  void wrongPasswordIsReportedWithoutShowingIt() throws Exception {
    final String wrong = "pass-55d0-wrong";
    try (LogWatch log = LogWatch.start()) {
      final JobConfig config = config(wrong);
      final BrokerException refused = assertThrows(BrokerException.class, () -> run(config));
      assertTrue(refused.getMessage().contains("Authentication failed"), refused.getMessage());
      final String everything = log.text() + trace(refused);
      assertFalse(everything.contains(wrong), "the wrong password");
      assertNoSecret(everything);
    }
  }

  @Test
  void configurationInWordsNamesPropertiesWithoutTheirValues() {
    final JobConfig config = config(SecuredBroker.PASSWORD);
    assertTrue(config.toString().contains("sasl.jaas.config"), config.toString());
    assertNoSecret(config + " " + broker.kafka());
  }

  /** A quotation mark too few: Kafka's parser must not repeat what it could not read. */
  @Test
  void malformedSecretIsReportedWithoutShowingIt() throws Exception {
    final Map<String, String> properties = broker.client(SecuredBroker.PASSWORD);
    properties.computeIfPresent(
        "sasl.jaas.config", (name, value) -> value.replace(" required", ""));
    final Map<String, String> values = new HashMap<>();
    values.put("kafka.bootstrap-servers", broker.bootstrapServers());
    properties.forEach((name, value) -> values.put("kafka.properties." + name, value));
    try (LogWatch log = LogWatch.start()) {
      final BrokerException refused =
          assertThrows(BrokerException.class, () -> run(JobConfig.of(values)));
      assertTrue(refused.getMessage().contains("no Kafka client can be made"), trace(refused));
      assertNoSecret(log.text() + trace(refused));
    }
  }

  private static void assertNoSecret(final String text) {
    assertFalse(text.contains(SecuredBroker.PASSWORD), "the user's password");
    assertFalse(text.contains(SecuredBroker.STORE_PASSWORD), "the key store's password");
  }

  private static String trace(final Throwable failure) {
    final StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
