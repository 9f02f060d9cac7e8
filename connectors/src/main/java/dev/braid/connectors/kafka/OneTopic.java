package dev.braid.connectors.kafka;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.flink.connector.kafka.source.enumerator.subscriber.KafkaSubscriber;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The partitions of one topic, asked for at the start and now and then while a job runs. Unlike the
 * connector's own, it says which topic it is that is gone.
 */
final class OneTopic implements KafkaSubscriber {
  private static final long serialVersionUID = 1L;

  private final String topic;

  OneTopic(final String topic) {
    this.topic = topic;
  }

  /** In the job manager, where this is read before its client is made. */
  private void readObject(final ObjectInputStream in) throws IOException, ClassNotFoundException {
    in.defaultReadObject();
    QuietClients.hush();
  }

  /**
   * @throws BrokerException if the topic is not there, or the broker does not say
   */
  @Override
  public Set<TopicPartition> getSubscribedTopicPartitions(final AdminClient admin) {
    try {
      final TopicDescription description =
          admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
      return description.partitions().stream()
          .map(partition -> new TopicPartition(topic, partition.partition()))
          .collect(Collectors.toUnmodifiableSet());
    } catch (final InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerException("interrupted while asking for the partitions of " + topic, e);
    } catch (final ExecutionException e) {
      throw e.getCause() instanceof UnknownTopicOrPartitionException
          ? new BrokerException(
              "topic "
                  + topic
                  + " is no longer there: cancel the job, and start it without a checkpoint when there"
                  + " is a new topic",
              null)
          : new BrokerException(
              "Kafka does not tell the partitions of topic "
                  + topic
                  + ": "
                  + e.getCause().getMessage(),
              e.getCause());
    }
  }
}
