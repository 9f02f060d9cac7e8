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
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.InstantiationUtil;
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
    return config("", broker.client(password));
  }

  /**
   * @param topics what the names of the topics begin with
   */
  private static JobConfig config(final String topics, final Map<String, String> client) {
    final Map<String, String> values = new HashMap<>();
    for (final String topic : List.of("events", "predictions", "metrics", "drift")) {
      values.put("kafka." + topic + "-topic", topics + topic);
    }
    values.put("kafka.dead-letters-topic", topics + "dead-letters");
    values.put("job.name", "braid" + topics);
    values.put("kafka.bootstrap-servers", broker.bootstrapServers());
    values.put("kafka.bounded", "true");
    values.put("checkpoints.interval", "300 ms");
    values.put("job.parallelism", "1");
    client.forEach((name, value) -> values.put("kafka.properties." + name, value));
    return JobConfig.of(values);
  }

  private static void run(final JobConfig config) throws Exception {
    try (LocalCluster cluster =
        LocalCluster.start(folder.resolve("flink"), 1, "0", LocalCluster.MANAGED)) {
      final StreamExecutionEnvironment environment = cluster.environment();
      BraidTopology.build(environment, config);
      environment.execute("secured");
    }
  }

  @Test
  void jobReadsAndWritesOverTlsWithAPasswordAndLogsNoSecret() throws Exception {
    try (LogWatch log = LogWatch.start()) {
      runOverEvents(config(SecuredBroker.PASSWORD));
      assertEquals(
          List.of(),
          log.text().lines().filter(line -> line.contains("Config values")).toList(),
          "clients log their settings");
      assertNoSecret(log.text());
    }
  }

  /** Under Kafka's own names and the user's, secret or not: what is configured shows by name. */
  @Test
  void nothingConfiguredForKafkaIsLoggedButByName() throws Exception {
    final Map<String, String> client = broker.client(SecuredBroker.PASSWORD);
    client.put("my.plugin.credential", "hush-4711-own");
    client.put("sasl.kerberos.service.name", "hush-4711-service");
    client.put("sasl.login.callback.own", "hush-4711-callback");
    try (LogWatch log = LogWatch.start()) {
      runOverEvents(config("quiet-", client));
      final List<String> shown =
          log.text().lines().filter(line -> line.contains("hush-4711")).toList();
      assertEquals(List.of(), shown);
    }
  }

  /** PEM keys are given as text; one that is broken must not be repeated. */
  @Test
  void aKeyAndAValueThatKafkaRefusesAreReportedByName() {
    final Map<String, String> client = broker.client(SecuredBroker.PASSWORD);
    client.keySet().removeIf(name -> name.startsWith("ssl."));
    client.put("ssl.keystore.type", "PEM");
    client.put(
        "ssl.keystore.key", "-----BEGIN PRIVATE KEY----- hush-4712 -----END PRIVATE KEY-----");
    client.put("ssl.keystore.certificate.chain", "hush-4712");
    final Map<String, String> number = broker.client(SecuredBroker.PASSWORD);
    number.put("fetch.max.bytes", "hush-4712");
    try (LogWatch log = LogWatch.start()) {
      final BrokerException key =
          assertThrows(BrokerException.class, () -> run(config("pem-", client)));
      final BrokerException value =
          assertThrows(BrokerException.class, () -> run(config("number-", number)));
      assertTrue(value.getMessage().contains("'fetch.max.bytes'"), value.getMessage());
      assertFalse((log.text() + trace(key) + trace(value)).contains("hush-4712"), trace(key));
    }
  }

  /** Kafka's own providers: the job carries where a secret is to be found, and not the secret. */
  @Test
  void secretsMayStayInAFileThatTheClusterCanRead() throws Exception {
    final Map<String, String> client = broker.client(SecuredBroker.PASSWORD);
    final Path file = folder.resolve("secrets.properties");
    final Properties secrets = new Properties();
    client.replaceAll(
        (name, value) -> {
          if (!value.contains(SecuredBroker.PASSWORD)
              && !value.contains(SecuredBroker.STORE_PASSWORD)) {
            return value;
          }
          secrets.setProperty(name, value);
          return "${file:" + file + ":" + name + "}";
        });
    try (Writer out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      secrets.store(out, null);
    }
    client.put("config.providers", "file");
    client.put(
        "config.providers.file.class",
        "org.apache.kafka.common.config.provider.FileConfigProvider");
    final JobConfig config = config("file-", client);
    assertNoSecret(
        new String(InstantiationUtil.serializeObject(config), StandardCharsets.ISO_8859_1));
    runOverEvents(config);
  }

  private static void runOverEvents(final JobConfig config) throws Exception {
    final KafkaCluster kafka = broker.kafka();
    Rig.createTopics(kafka, config);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            kafka.client(Map.of()), new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < 200; i++) {
        final byte[] event = Rows.event(i, "").getBytes(StandardCharsets.UTF_8);
        producer.send(new ProducerRecord<>(config.kafka().eventsTopic(), event)).get();
      }
    }
    run(config);
    final List<String> predictions = new ArrayList<>();
    try (TopicReader reader = new TopicReader(kafka, config.kafka().predictionsTopic())) {
      reader.readToEnd(
          record -> predictions.add(new String(record.value(), StandardCharsets.UTF_8)));
    }
    assertEquals(
        new TreeSet<>(IntStream.range(0, 200).mapToObj(i -> "e" + i).toList()),
        new TreeSet<>(Rows.ids(predictions)));
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
