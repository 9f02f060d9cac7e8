package dev.braid.connectors.kafka;

import java.io.Serializable;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;

/**
 * How a Kafka cluster is reached.
 *
 * @param bootstrapServers brokers to connect to first, {@code host:port}, separated by commas
 * @param properties further properties for every client, for instance of TLS and SASL; they win
 *     over Braid's own
 */
public record KafkaCluster(String bootstrapServers, Map<String, String> properties)
    implements Serializable {

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

  /** Names the properties without their values, of which some are secrets. */
  @Override
  public String toString() {
    return "Kafka at "
        + bootstrapServers
        + " with properties "
        + new TreeSet<>(properties.keySet());
  }
}
