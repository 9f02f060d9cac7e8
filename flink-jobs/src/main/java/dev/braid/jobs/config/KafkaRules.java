package dev.braid.jobs.config;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** What of the configuration of Kafka's clients and of transactions does not go together. */
final class KafkaRules {
  /** Properties that Braid sets, and the key that decides; empty where nothing may. */
  private static final Map<String, String> OWN =
      Map.ofEntries(
          Map.entry("bootstrap.servers", "kafka.bootstrap-servers"),
          Map.entry("group.id", "kafka.group"),
          Map.entry("auto.offset.reset", "kafka.start"),
          Map.entry("transaction.timeout.ms", "kafka.transaction-timeout"),
          Map.entry("transactional.id", "job.name"),
          Map.entry("enable.auto.commit", ""),
          Map.entry("enable.idempotence", ""),
          Map.entry("key.serializer", ""),
          Map.entry("value.serializer", ""),
          Map.entry("key.deserializer", ""),
          Map.entry("value.deserializer", ""));

  private KafkaRules() {}

  static void check(final JobConfig config) {
    for (final String name : new TreeMap<>(config.kafka().properties()).keySet()) {
      final String decides = OWN.get(name);
      if (decides != null) {
        throw new ConfigException(
            "Configuration key '"
                + Keys.KAFKA_PROPERTIES.start()
                + name
                + "' is Braid's own to set"
                + (decides.isEmpty() ? "." : ": use '" + decides + "'."));
      }
    }
    if (config.kafka().delivery() == JobConfig.Delivery.EXACTLY_ONCE) {
      requireLongTransactions(config);
    }
  }

  /**
   * A transaction is open from one checkpoint to the end of the next. One that the broker ends
   * before fails the job at its next write, and what a checkpoint covers already would be lost.
   */
  private static void requireLongTransactions(final JobConfig config) {
    final JobConfig.Checkpoints checkpoints = config.checkpoints();
    final Duration open = checkpoints.interval().plus(checkpoints.timeout());
    if (config.kafka().transactionTimeout().compareTo(open) <= 0) {
      throw new ConfigException(
          "Configuration key 'kafka.transaction-timeout' must be longer than"
              + " 'checkpoints.interval' and 'checkpoints.timeout' together, which are "
              + open.toSeconds()
              + " s: a transaction stays open from one checkpoint to the end of the next.");
    }
  }
}
