package dev.braid.jobs.demo;

import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.connectors.kafka.TopicReader;
import dev.braid.jobs.config.JobConfig;
import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads what the job has committed on all of its topics. */
final class CommittedRecords implements AutoCloseable {
  private static final Duration WAIT = Duration.ofMillis(50);

  private final Scoreboard scoreboard;
  private final Diary diary;
  private final TopicReader predictions;
  private final TopicReader metrics;
  private final TopicReader drift;
  private final TopicReader refused;
  private long deadLetters;

  CommittedRecords(final JobConfig.Kafka kafka, final Scoreboard scoreboard, final Diary diary) {
    this.scoreboard = scoreboard;
    this.diary = diary;
    final KafkaCluster cluster = new KafkaCluster(kafka.bootstrapServers(), kafka.properties());
    predictions = new TopicReader(cluster, kafka.predictionsTopic());
    metrics = new TopicReader(cluster, kafka.metricsTopic());
    drift = new TopicReader(cluster, kafka.driftTopic());
    refused = new TopicReader(cluster, kafka.deadLettersTopic());
  }

  /** Takes what has come, and waits a little if nothing has. */
  void poll() {
    predictions.poll(WAIT, this::prediction);
    metrics.poll(Duration.ZERO, record -> diary.metrics(record.value()));
    drift.poll(Duration.ZERO, record -> diary.drift(record.value()));
    refused.poll(Duration.ZERO, record -> deadLetters++);
  }

  /** Takes everything there is. */
  void readToEnd() {
    predictions.readToEnd(this::prediction);
    metrics.readToEnd(record -> diary.metrics(record.value()));
    drift.readToEnd(record -> diary.drift(record.value()));
    refused.readToEnd(record -> deadLetters++);
  }

  long deadLetters() {
    return deadLetters;
  }

  private void prediction(final ConsumerRecord<byte[], byte[]> record) {
    scoreboard.prediction(Diary.tree(record.value()));
  }

  @Override
  public void close() {
    predictions.close();
    metrics.close();
    drift.close();
    refused.close();
  }
}
