package dev.braid.jobs.live;

import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.connectors.kafka.RecentRecords;
import dev.braid.jobs.config.JobConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;

/** Reads what a job commits to its topics into a store, on a thread of its own, until closed. */
final class LiveFeed implements AutoCloseable {
  private static final Duration WAIT = Duration.ofMillis(200);
  private static final long CHECK_MILLIS = 5_000;

  private final JobConfig.Kafka topics;
  private final String key;
  private final String timestamp;
  private final LiveStore store;
  private final RecentRecords records;
  private final Thread thread;
  private volatile boolean closed;

  private LiveFeed(final JobConfig config, final LiveStore store) {
    topics = config.kafka();
    key = config.events().keyField();
    timestamp = config.events().timestampField();
    this.store = store;
    records =
        new RecentRecords(
            new KafkaCluster(topics.bootstrapServers(), topics.properties()),
            List.of(topics.metricsTopic(), topics.driftTopic(), topics.deadLettersTopic()),
            LiveStore.SPAN);
    thread = new Thread(this::run, "live-feed");
    thread.setDaemon(true);
  }

  /**
   * @throws KafkaException if no broker answers
   * @throws dev.braid.connectors.kafka.BrokerException if a topic is not there
   */
  static LiveFeed start(final JobConfig config, final LiveStore store) {
    final LiveFeed feed = new LiveFeed(config, store);
    feed.thread.start();
    return feed;
  }

  private void run() {
    try (records) {
      long checked = System.currentTimeMillis();
      boolean more = true;
      while (!closed || more) {
        more = records.poll(WAIT, this::take) > 0;
        if (more) {
          store.trouble("");
          checked = System.currentTimeMillis();
        } else if (System.currentTimeMillis() - checked > CHECK_MILLIS) {
          store.trouble(
              records.answers()
                  ? ""
                  : "Kafka at " + topics.bootstrapServers() + " does not answer");
          checked = System.currentTimeMillis();
        }
      }
    } catch (final KafkaException failed) {
      if (!closed) {
        store.trouble("Kafka's client gave up: " + failed.getMessage());
      }
    }
  }

  private void take(final ConsumerRecord<byte[], byte[]> record) {
    if (record.topic().equals(topics.deadLettersTopic())) {
      final Header reason = record.headers().lastHeader("reason");
      store.deadLetter(
          reason == null ? "no reason given" : new String(reason.value(), StandardCharsets.UTF_8));
    } else {
      store.record(
          record.topic().equals(topics.metricsTopic()) ? "metrics" : "drift",
          key,
          timestamp,
          record.timestamp(),
          record.value());
    }
  }

  /** Ends the reading, at the end of what there is; what was read stays in the store. */
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
