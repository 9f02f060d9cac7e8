package dev.braid.connectors.kafka;

import java.io.Serializable;
import java.time.Duration;

/**
 * Where to write, and what is promised to the readers.
 *
 * @param topic to write to
 * @param exactlyOnce whether records become visible to read_committed readers with the checkpoint
 *     that covers them, once each; otherwise they are visible at once and may come again after a
 *     failure
 * @param transactionalIdPrefix names the sink's transactions: different for every sink that writes
 *     to one Kafka cluster, the same when a job starts again
 * @param transactionTimeout how long the broker keeps an open transaction: longer than a checkpoint
 *     and a restart take together, no longer than the broker's {@code transaction.max.timeout.ms}
 *     (15 minutes unless changed)
 * @param maxMessageBytes largest record the topic takes, headers included: {@link
 *     Topics#maxMessageBytes}
 */
public record SinkOptions(
    String topic,
    boolean exactlyOnce,
    String transactionalIdPrefix,
    Duration transactionTimeout,
    int maxMessageBytes)
    implements Serializable {

  /** Largest record that Kafka's brokers take unless told otherwise. */
  public static final int DEFAULT_MAX_BYTES = 1 << 20;

  /** A topic that takes no records of this length is too narrow for what Braid writes. */
  public static final int LEAST_MAX_BYTES = 1 << 18;

  /** Exactly once, with the longest timeout that brokers allow unless told otherwise. */
  public static SinkOptions exactlyOnce(final String topic, final String transactionalIdPrefix) {
    return new SinkOptions(
        topic, true, transactionalIdPrefix, Duration.ofMinutes(15), DEFAULT_MAX_BYTES);
  }

  /** The same for a topic that takes records of another length. */
  public SinkOptions withMaxMessageBytes(final int bytes) {
    return new SinkOptions(topic, exactlyOnce, transactionalIdPrefix, transactionTimeout, bytes);
  }
}
