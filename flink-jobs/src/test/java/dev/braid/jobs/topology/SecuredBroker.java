package dev.braid.jobs.topology;

import dev.braid.connectors.broker.LocalBroker;
import dev.braid.connectors.kafka.KafkaCluster;
import java.io.Reader;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * A real broker with a second listener, which takes only TLS with a certificate made here, shown by
 * both sides, and a user with a password.
 */
final class SecuredBroker implements AutoCloseable {
  static final String USER = "braid";
  static final String PASSWORD = "pass-9f3a-user";
  static final String STORE_PASSWORD = "pass-71bc-store";

  private final LocalBroker broker;
  private final Path store;
  private final int port;

  private SecuredBroker(final LocalBroker broker, final Path store, final int port) {
    this.broker = broker;
    this.store = store;
    this.port = port;
  }

  static SecuredBroker start(final Path folder) throws Exception {
    final Path store = folder.resolve("store.p12");
    makeCertificate(store);
    final int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    // The first start makes the configuration that the second one finds with more in it.
    final Path home = folder.resolve("broker");
    LocalBroker.start(home).close();
    secure(home.resolve("server.properties"), store, port);
    return new SecuredBroker(LocalBroker.start(home), store, port);
  }

  private static void makeCertificate(final Path store) throws Exception {
    final Process keytool =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair",
                    "-alias",
                    "broker",
                    "-keyalg",
                    "RSA",
                    "-keysize",
                    "2048",
                    "-validity",
                    "2",
                    "-dname",
                    "CN=localhost",
                    "-ext",
                    "san=ip:127.0.0.1",
                    "-storetype",
                    "PKCS12",
                    "-keystore",
                    store.toString(),
                    "-storepass",
                    STORE_PASSWORD))
            .redirectErrorStream(true)
            .start();
    final String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
      throw new IllegalStateException("no certificate: " + said);
    }
  }

  private static void secure(final Path file, final Path store, final int port) throws Exception {
    final Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(in);
    }
    final String listener = ",SECURE://127.0.0.1:" + port;
    properties.merge("listeners", listener, (a, b) -> a + "" + b);
    properties.merge("advertised.listeners", listener, (a, b) -> a + "" + b);
    properties.setProperty(
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL");
    properties.setProperty("sasl.enabled.mechanisms", "PLAIN");
    properties.setProperty(
        "listener.name.secure.plain.sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required user_"
            + USER
            + "=\""
            + PASSWORD
            + "\";");
    properties.setProperty("ssl.client.auth", "required");
    stores(store).forEach(properties::setProperty);
    try (Writer out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      properties.store(out, "secured");
    }
  }

  private static Map<String, String> stores(final Path store) {
    return Map.of(
        "ssl.keystore.type",
        "PKCS12",
        "ssl.keystore.location",
        store.toString(),
        "ssl.keystore.password",
        STORE_PASSWORD,
        "ssl.truststore.type",
        "PKCS12",
        "ssl.truststore.location",
        store.toString(),
        "ssl.truststore.password",
        STORE_PASSWORD);
  }

  /** Address of the secured listener. */
  String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Properties of a client that may come in. */
  Map<String, String> client(final String password) {
    final Map<String, String> client = new HashMap<>(stores(store));
    client.put("security.protocol", "SASL_SSL");
    client.put("sasl.mechanism", "PLAIN");
    client.put(
        "sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\""
            + USER
            + "\" password=\""
            + password
            + "\";");
    return client;
  }

  KafkaCluster kafka() {
    return new KafkaCluster(bootstrapServers(), client(PASSWORD));
  }

  @Override
  public void close() {
    broker.close();
  }
}
