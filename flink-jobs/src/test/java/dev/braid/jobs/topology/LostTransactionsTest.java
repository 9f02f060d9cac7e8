package dev.braid.jobs.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.jobs.config.JobConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Transactions of a savepoint that is not the job's end are committed by whoever goes on from it: a
 * job that goes on at once commits them, one that comes too late finds them given up.
 */
@Timeout(300)
class LostTransactionsTest {
  private static final int EVENTS = 484;

  @TempDir Path folder;
  private Rig rig;

  /** Events so far. */
  private int sent;

  @BeforeEach
  void start() throws Exception {
    rig = Rig.start(folder);
  }

  @AfterEach
  void stop() throws Exception {
    rig.close();
  }

  @Test
  void recordsOfATransactionThatExpiredWhileTheJobWasAwayAreToldInNumbers() throws Exception {
    final JobConfig config = config("late", 15);
    final String savepoint = savepointWithOpenTransactions(config);
    awaitNoOpenTransaction();
    final int committed = rig.read("late-predictions").size();
    final int lost = sent - committed;
    assertTrue(lost > 0);
    try (LogWatch log = LogWatch.start()) {
      final JobClient job = rig.run(config, savepoint);
      await(job, "lost_records", lost);
      assertTrue(
          log.text()
              .contains(
                  "LOST "
                      + lost
                      + " records of topic late-predictions, from 'e"
                      + committed
                      + "' to 'e"
                      + (sent - 1)
                      + "': Kafka gave up their transaction late-predictions-0-"),
          log.text().lines().filter(line -> line.contains("LOST")).toList().toString());
      assertEquals(0, lost(job, "metrics"));
      job.cancel().get();
    }
    assertEquals(committed, rig.read("late-predictions").size());
  }

  @Test
  void transactionsThatAreCommittedAtARecoveryOrWereBeforeAreNoLoss() throws Exception {
    final JobConfig config = config("soon", 60);
    final String savepoint = savepointWithOpenTransactions(config);
    try (LogWatch log = LogWatch.start()) {
      for (int time = 0; time < 2; time++) {
        final JobClient job = rig.run(config, savepoint);
        rig.await("soon-predictions", sent);
        await(job, "lost_records", 0);
        if (time > 0) {
          await(log, "was committed before the recovery");
        }
        assertEquals(0, lost(job, "predictions"));
        job.cancel().get();
      }
      assertFalse(log.text().contains("LOST "));
      assertFalse(log.text().contains("signals data loss"), "what the connector would say");
    }
    assertEquals(sent, rig.read("soon-predictions").size());
  }

  @Test
  void recordsOfATransactionThatKafkaNoLongerTellsAboutAreCountedAsUnsure() throws Exception {
    final JobConfig config = config("taken", 60);
    final String savepoint = savepointWithOpenTransactions(config);
    takeTransactionalIds();
    final int unsure = sent - rig.read("taken-predictions").size();
    assertTrue(unsure > 0);
    try (LogWatch log = LogWatch.start()) {
      final JobClient job = rig.run(config, savepoint);
      await(job, "unsure_records", unsure);
      assertEquals(0, lost(job, "predictions"));
      assertTrue(log.text().contains(unsure + " records of topic taken-predictions, from 'e"));
      job.cancel().get();
    }
  }

  /** Other producers use the ids of all transactions, twice; the first ends what is open. */
  private void takeTransactionalIds() throws Exception {
    try (Admin admin = Admin.create(rig.kafka().client(Map.of()))) {
      for (final TransactionListing taken : admin.listTransactions().all().get()) {
        for (int time = 0; time < 2; time++) {
          try (KafkaProducer<byte[], byte[]> producer =
              new KafkaProducer<>(
                  rig.kafka().client(Map.of("transactional.id", taken.transactionalId())),
                  new ByteArraySerializer(),
                  new ByteArraySerializer())) {
            producer.initTransactions();
          }
        }
      }
    }
  }

  private JobConfig config(final String job, final int transactionSeconds) {
    return rig.config(
        job,
        job + "-events",
        "kafka.transaction-timeout",
        transactionSeconds + " s",
        // Hardly a checkpoint but the savepoint.
        "checkpoints.interval",
        (transactionSeconds - 6) + " s",
        "checkpoints.timeout",
        "5 s");
  }

  /**
   * Runs a job over events and ends it right behind a savepoint; with more events again and again
   * while a checkpoint, which comes at a moment of Flink's own choice, commits them all before.
   */
  private String savepointWithOpenTransactions(final JobConfig config) throws Exception {
    final String predictions = config.kafka().predictionsTopic();
    String savepoint = null;
    do {
      for (final int end = sent + EVENTS; sent < end; sent++) {
        rig.send(config.kafka().eventsTopic(), Rows.event(sent, "k"));
      }
      rig.flush();
      final JobClient job = rig.run(config, savepoint);
      awaitUncommitted(predictions);
      savepoint =
          job.triggerSavepoint(
                  folder.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
              .get(60, TimeUnit.SECONDS);
      job.cancel().get();
      while (!job.getJobStatus().get().isGloballyTerminalState()) {
        Thread.sleep(20);
      }
    } while (rig.read(predictions).size() == sent);
    return savepoint;
  }

  private void awaitUncommitted(final String topic) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            rig.kafka().client(Map.of("isolation.level", "read_uncommitted")),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      final Set<TopicPartition> partition = Set.of(new TopicPartition(topic, 0));
      consumer.assign(partition);
      consumer.seekToBeginning(partition);
      int predicted = 0;
      for (int tries = 0; tries < 2_400 && predicted < sent; tries++) {
        predicted += consumer.poll(Duration.ofMillis(50)).count();
      }
      assertEquals(sent, predicted, "not all events are predicted");
    }
  }

  private void awaitNoOpenTransaction() throws Exception {
    try (Admin admin = Admin.create(rig.kafka().client(Map.of()))) {
      for (int tries = 0; tries < 600; tries++) {
        final long open =
            admin.listTransactions().all().get().stream()
                .map(TransactionListing::state)
                .filter(state -> state.toString().matches("Ongoing|Prepare.*"))
                .count();
        if (open == 0) {
          return;
        }
        Thread.sleep(100);
      }
    }
    throw new AssertionError("the broker keeps transactions open");
  }

  private void await(final JobClient job, final String counter, final long records)
      throws Exception {
    for (int tries = 0; tries < 600 && counted(job, "predictions", counter) != records; tries++) {
      Thread.sleep(50);
    }
    assertEquals(records, counted(job, "predictions", counter));
  }

  private static void await(final LogWatch log, final String said) throws Exception {
    for (int tries = 0; tries < 600 && !log.text().contains(said); tries++) {
      Thread.sleep(50);
    }
    assertTrue(log.text().contains(said), () -> "nobody said '" + said + "'");
  }

  private long lost(final JobClient job, final String sink) {
    return counted(job, sink, "lost_records");
  }

  /** A sink's counter as reporters see it; -1 where it is not there. */
  private long counted(final JobClient job, final String sink, final String counter) {
    return rig.gauges(job, sink + ": Committer.0.braid.").getOrDefault(counter, -1).longValue();
  }
}
