package dev.braid.connectors.kafka;

import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Tries the users' properties on every kind of client, before a job starts: what a client refuses
 * there would be repeated, value and all, in the exceptions and logs of a cluster.
 */
final class ClientCheck {
  private static final List<ConfigDef> CLIENTS =
      List.of(
          AdminClientConfig.configDef(), ConsumerConfig.configDef(), ProducerConfig.configDef());

  private ClientCheck() {}

  /**
   * @throws BrokerException naming the property that a client does not take, without its value
   */
  static void check(final KafkaCluster cluster) {
    QuietClients.hush();
    for (final ConfigDef client : CLIENTS) {
      for (final ConfigValue value : client.validate(cluster.properties())) {
        final String given = cluster.properties().get(value.name());
        // What a provider is to put in is not known yet.
        if (given != null && !given.contains("${") && !value.errorMessages().isEmpty()) {
          throw new BrokerException(
              "Kafka's clients do not take the value of the property '"
                  + value.name()
                  + "' for "
                  + cluster.bootstrapServers(),
              null);
        }
      }
    }
    try {
      open(cluster);
    } catch (final KafkaException refused) {
      throw cluster.refusal(refused);
    }
  }

  /** Reads key stores, parses log-ins, compares settings with each other; connects to nobody. */
  private static void open(final KafkaCluster cluster) {
    final Properties client = cluster.client(Map.of());
    try (var consumer =
            new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        var producer =
            new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
      consumer.metrics();
      producer.metrics();
    }
  }
}
