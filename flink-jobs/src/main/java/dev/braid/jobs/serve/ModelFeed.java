package dev.braid.jobs.serve;

import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.connectors.kafka.TopicReader;
import dev.braid.jobs.publish.CheckpointEnd;
import dev.braid.jobs.publish.ModelLog;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the topic of models, on a thread of its own, until closed; goes on where brokers were away.
 */
final class ModelFeed implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ModelFeed.class);
  private static final Duration WAIT = Duration.ofMillis(100);
  private static final long PAUSE_MILLIS = 500;

  private final ModelLog log;
  private final TopicReader reader;
  private final Thread thread = new Thread(this::run, "models-feed");
  private volatile boolean closed;
  private volatile boolean caughtUp;
  private volatile State state = new State(null, 0, 0, 0, 0, "");

  /**
   * What is known of the topic.
   *
   * @param last checkpoint that was read, or null
   * @param incomplete models that stay as they were until their next table
   * @param leftOut models for which there was no room
   * @param waiting records whose checkpoint has not ended
   * @param refused records that are none of a topic of models
   * @param trouble with Kafka, in one sentence; empty for none
   */
  record State(
      CheckpointEnd last, int incomplete, int leftOut, int waiting, long refused, String trouble) {}

  /**
   * @param mostBytes of the models' chunks
   * @throws dev.braid.connectors.kafka.BrokerException if there is no such topic
   * @throws KafkaException if no broker answers
   */
  ModelFeed(
      final KafkaCluster cluster,
      final String topic,
      final long mostBytes,
      final ServedModels models) {
    log = new ModelLog(mostBytes, models::accept);
    reader = new TopicReader(cluster, topic);
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try (reader) {
      while (!closed) {
        String trouble = "";
        try {
          if (caughtUp) {
            reader.poll(WAIT, this::take);
          } else {
            reader.readToEnd(this::take);
            caughtUp = true;
          }
        } catch (final KafkaException failed) {
          trouble = "Kafka's client says: " + failed.getMessage();
          LOG.warn("The models stay as they are for now: {}", trouble);
          pause();
        }
        state =
            new State(
                log.last(), log.incomplete(), log.leftOut(), log.waiting(), log.refused(), trouble);
      }
    }
  }

  private void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (final InterruptedException ending) {
      closed = true;
    }
  }

  private void take(final ConsumerRecord<byte[], byte[]> record) {
    log.add(
        record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8),
        record.value());
  }

  /** Whether all was read that stood in the topic at the start, and a checkpoint with it. */
  boolean isReady() {
    return caughtUp && state.last() != null;
  }

  /** Whether there is such a model, but no room for it. */
  boolean isLeftOut(final String key) {
    return log.isLeftOut(key);
  }

  State state() {
    return state;
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join(Duration.ofSeconds(10).toMillis());
    } catch (final InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
