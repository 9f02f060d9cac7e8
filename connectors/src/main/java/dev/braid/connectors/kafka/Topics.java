package dev.braid.connectors.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;

/** Checks and creates topics before a job starts. Not thread-safe. */
public final class Topics implements AutoCloseable {
  private static final String CLEANUP_POLICY = "cleanup.policy";
  private static final String MAX_MESSAGE_BYTES = "max.message.bytes";
  private static final String TIMEOUT = "default.api.timeout.ms";
  private static final long VISIBLE_POLL_NANOS = 20_000_000;

  private final KafkaCluster cluster;
  private final Duration timeout;
  private final Admin admin;

  private Topics(final KafkaCluster cluster, final Duration timeout, final Admin admin) {
    this.cluster = cluster;
    this.timeout = timeout;
    this.admin = admin;
  }

  /**
   * @param timeout how long to wait for an answer, for instance 10 seconds; the cluster's own
   *     {@code default.api.timeout.ms} wins
   * @throws BrokerException if the client's properties are wrong
   */
  public static Topics connect(final KafkaCluster cluster, final Duration timeout) {
    final String given = cluster.properties().getOrDefault(TIMEOUT, "");
    final Duration patience =
        given.matches("[0-9]{1,9}") ? Duration.ofMillis(Long.parseLong(given)) : timeout;
    final String millis = Long.toString(patience.toMillis());
    final Properties properties =
        cluster.client(Map.of(TIMEOUT, millis, "request.timeout.ms", millis));
    ClientCheck.check(cluster);
    try {
      return new Topics(cluster, patience, Admin.create(properties));
    } catch (final KafkaException refused) {
      throw cluster.refusal(refused);
    }
  }

  /**
   * @throws BrokerException if no broker answers, or it refuses
   */
  public Set<String> names() {
    return await("list topics", admin.listTopics(new ListTopicsOptions()).names());
  }

  /**
   * @throws BrokerException naming the topics that do not exist
   */
  public void require(final Collection<String> topics) {
    final Set<String> missing = new TreeSet<>(topics);
    missing.removeAll(names());
    if (!missing.isEmpty()) {
      throw new BrokerException(
          "Kafka at "
              + cluster.bootstrapServers()
              + " has no topic "
              + String.join(", ", missing)
              + ": create it, or give the name of one that exists",
          null);
    }
  }

  /**
   * Creates the topics that are missing, and leaves those that exist as they are.
   *
   * @return the names of those created
   * @throws BrokerException if no broker answers, or it refuses
   */
  public List<String> create(final Collection<TopicSpec> topics) {
    final Set<String> existing = names();
    final List<String> created = new ArrayList<>();
    for (final TopicSpec topic : topics) {
      if (!existing.contains(topic.name()) && create(topic)) {
        created.add(topic.name());
      }
    }
    awaitVisible(created);
    return created;
  }

  /** A broker says that a topic is created a moment before it lists it. */
  private void awaitVisible(final List<String> created) {
    final long deadline = System.nanoTime() + timeout.toNanos();
    while (!names().containsAll(created)) {
      if (System.nanoTime() > deadline) {
        throw new BrokerException(
            "Kafka at "
                + cluster.bootstrapServers()
                + " created the topics "
                + String.join(", ", created)
                + " but does not list them",
            null);
      }
      LockSupport.parkNanos(VISIBLE_POLL_NANOS);
    }
  }

  private boolean create(final TopicSpec topic) {
    final NewTopic fresh =
        new NewTopic(topic.name(), topic.partitions(), topic.replication())
            .configs(topic.properties());
    try {
      await("create topic " + topic.name(), admin.createTopics(List.of(fresh)).all());
      return true;
    } catch (final BrokerException e) {
      if (e.getCause() instanceof TopicExistsException) {
        return false; // Somebody else created it in between.
      }
      throw e;
    }
  }

  /**
   * Asks whether the brokers keep transactions open for so long. Brokers that do not tell, because
   * this user may not ask, are taken to do.
   *
   * @throws BrokerException if they do not, or none answers
   */
  public void requireTransactions(final Duration timeout) {
    final String setting = "transaction.max.timeout.ms";
    final String node =
        await("name its brokers", admin.describeCluster().nodes()).iterator().next().idString();
    final ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, node);
    final ConfigEntry longest;
    try {
      longest =
          await("read the broker's settings", admin.describeConfigs(List.of(broker)).all())
              .get(broker)
              .get(setting);
    } catch (final BrokerException e) {
      if (e.getCause() instanceof AuthorizationException) {
        return;
      }
      throw e;
    }
    if (longest != null && timeout.toMillis() > Long.parseLong(longest.value())) {
      throw new BrokerException(
          "Kafka at "
              + cluster.bootstrapServers()
              + " keeps no transaction open for "
              + timeout.toMillis()
              + " ms: ask for less, or raise the brokers' "
              + setting
              + ", which is "
              + longest.value(),
          null);
    }
  }

  /**
   * The longest record, headers included, that a topic takes.
   *
   * @return bytes
   * @throws BrokerException if no broker answers, or it refuses
   */
  public int maxMessageBytes(final String topic) {
    final ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    final String value =
        await("read the settings of topic " + topic, admin.describeConfigs(List.of(resource)).all())
            .get(resource)
            .get(MAX_MESSAGE_BYTES)
            .value();
    return Integer.parseInt(value);
  }

  /**
   * The same, where records of some length have to fit.
   *
   * @param least bytes
   * @throws BrokerException naming the topic, if it takes no records of that length
   */
  public int requireMessageBytes(final String topic, final int least) {
    final int most = maxMessageBytes(topic);
    if (most < least) {
      throw new BrokerException(
          "topic "
              + topic
              + " at "
              + cluster.bootstrapServers()
              + " takes records of "
              + most
              + " bytes at most: raise its "
              + MAX_MESSAGE_BYTES
              + " to "
              + least
              + " or more, since a record that does not fit would stop the job",
          null);
    }
    return most;
  }

  /**
   * Asks whether a topic can hold models: whether it is compacted, never deleted from, and has one
   * partition.
   *
   * @throws BrokerException naming the topic, if not
   */
  public void requireModels(final String topic) {
    final ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    final String cleanup =
        await("read the settings of topic " + topic, admin.describeConfigs(List.of(resource)).all())
            .get(resource)
            .get(CLEANUP_POLICY)
            .value();
    final int partitions =
        await("describe topic " + topic, admin.describeTopics(List.of(topic)).allTopicNames())
            .get(topic)
            .partitions()
            .size();
    if (!cleanup.equals("compact") || partitions != 1) {
      throw new BrokerException(
          "topic "
              + topic
              + " at "
              + cluster.bootstrapServers()
              + " cannot hold models: it has "
              + partitions
              + (partitions == 1 ? " partition" : " partitions")
              + " and "
              + CLEANUP_POLICY
              + " '"
              + cleanup
              + "': create one with one partition and '"
              + CLEANUP_POLICY
              + "=compact'",
          null);
    }
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }

  private <T> T await(final String what, final KafkaFuture<T> answer) {
    try {
      return answer.get();
    } catch (final InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerException("interrupted while waiting for Kafka to " + what, e);
    } catch (final ExecutionException e) {
      final Throwable cause = e.getCause();
      throw new BrokerException(
          cause instanceof TimeoutException
              ? "no Kafka broker answers at "
                  + cluster.bootstrapServers()
                  + " within "
                  + timeout.toMillis()
                  + " ms: is it running, and is the address right?"
              : "Kafka at "
                  + cluster.bootstrapServers()
                  + " refused to "
                  + what
                  + ": "
                  + cluster.withoutValues(String.valueOf(cause.getMessage())),
          cause);
    }
  }
}
