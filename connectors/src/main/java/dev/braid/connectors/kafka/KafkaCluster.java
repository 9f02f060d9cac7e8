package dev.braid.connectors.kafka;

import java.io.Serializable;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.KafkaException;

/**
 * How a Kafka cluster is reached.
 *
 * @param bootstrapServers brokers to connect to first, {@code host:port}, separated by commas
 * @param properties further properties for every client, for instance of TLS and SASL; they win
 *     over Braid's own
 */
public record KafkaCluster(String bootstrapServers, Map<String, String> properties)
    implements Serializable {

  /** Shorter ones are words as "true" and numbers, and would be found everywhere. */
  private static final int SHORTEST_SECRET = 4;

  public KafkaCluster {
    properties = Map.copyOf(properties);
  }

  /** A cluster reached without further properties. */
  public static KafkaCluster at(final String bootstrapServers) {
    return new KafkaCluster(bootstrapServers, Map.of());
  }

  /** Properties of a client: these defaults, then the address, then {@link #properties}. */
  public Properties client(final Map<String, String> defaults) {
    final Properties client = new Properties();
    client.putAll(defaults);
    client.setProperty("bootstrap.servers", bootstrapServers);
    client.putAll(properties);
    return client;
  }

  /**
   * What Kafka's clients said of these properties, without their values. The exception itself is
   * not kept, since its message and those of its causes may repeat them.
   */
  BrokerException refusal(final KafkaException refused) {
    return new BrokerException(
        "no Kafka client can be made for " + bootstrapServers + ": " + withoutValues(root(refused)),
        null);
  }

  private static String root(final Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }

  /** A text in which the properties stand by their names where it repeats their values. */
  String withoutValues(final String text) {
    String shown = text;
    for (final Map.Entry<String, String> property : new TreeMap<>(properties).entrySet()) {
      if (property.getValue().length() >= SHORTEST_SECRET) {
        shown = shown.replace(property.getValue(), "(" + property.getKey() + ")");
      }
    }
    return shown;
  }

  /** Names the properties without their values, of which some are secrets. */
  @Override
  public String toString() {
    return "Kafka at "
        + bootstrapServers
        + " with properties "
        + new TreeSet<>(properties.keySet());
  }
}
