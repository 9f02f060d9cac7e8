package dev.braid.jobs.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.kafka.TopicSpec;
import dev.braid.connectors.kafka.Topics;
import dev.braid.jobs.config.JobConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What Kafka's topics do in the field, against a real broker. */
@Timeout(300)
class KafkaAsItIsTest {
  @TempDir static Path folder;
  private static Rig rig;
  private static Admin admin;

  @BeforeAll
  static void start() throws Exception {
    rig = Rig.start(folder);
    admin = Admin.create(rig.kafka().client(Map.of()));
  }

  @AfterAll
  static void stop() {
    admin.close();
    rig.close();
  }

  private static void create(final String topic, final int partitions, final String... properties) {
    final Map<String, String> more =
        properties.length == 0 ? Map.of() : Map.of(properties[0], properties[1]);
    try (Topics topics = Topics.connect(rig.kafka(), Duration.ofSeconds(30))) {
      topics.create(List.of(new TopicSpec(topic, partitions, (short) -1, more)));
    }
  }

  /** Events {@code from} to {@code to - 1} into one partition, of a model of its own. */
  private static void feed(final String topic, final int partition, final int from, final int to) {
    for (int i = from; i < to; i++) {
      rig.send(topic, partition, null, Rows.event(i, "k" + partition));
    }
    rig.flush();
  }

  private static Collection<String> ids(final int from, final int to) {
    return new TreeSet<>(IntStream.range(from, to).mapToObj(i -> "e" + i).toList());
  }

  private static Collection<String> predicted(final String job) {
    final List<String> ids = Rows.ids(rig.read(job + "-predictions"));
    assertEquals(ids.size(), new TreeSet<>(ids).size(), "no id twice");
    return new TreeSet<>(ids);
  }

  @Test
  void idlePartitionsHoldNothingUp() throws Exception {
    create("idle-events", 4);
    create("idle-labels", 3);
    final JobConfig config =
        rig.config(
            "idle", "idle-events", "kafka.labels-topic", "idle-labels", "labels.max-wait", "1 s");
    final JobClient job = rig.run(config, null);
    feed("idle-events", 2, 0, 400);
    rig.await("idle-predictions", 400);
    // Time goes on where no record comes: the label of no event is given up.
    rig.send("idle-labels", 1, null, "{\"id\":\"nobody\",\"key\":\"k2\",\"label\":\"low\"}");
    rig.flush();
    rig.await("idle-dead-letters", 1);
    rig.stop(job);
    assertEquals(ids(0, 400), predicted("idle"));
  }

  @Test
  void partitionAddedAtRunTimeIsReadFromItsStart() throws Exception {
    create("added-events", 1);
    final JobConfig config =
        rig.config(
            "added",
            "added-events",
            "kafka.start",
            "latest",
            "kafka.properties.partition.discovery.interval.ms",
            "500");
    final JobClient job = rig.run(config, null);
    awaitReading(job);
    feed("added-events", 0, 0, 100);
    admin.createPartitions(Map.of("added-events", NewPartitions.increaseTo(2))).all().get();
    feed("added-events", 1, 100, 300);
    rig.await("added-predictions", 300);
    rig.stop(job);
    assertEquals(ids(0, 300), predicted("added"));
  }

  /** The source has asked for records: it knows where it starts. */
  private static void awaitReading(final JobClient job) throws Exception {
    final String group = "KafkaSourceReader.KafkaConsumer.";
    for (int tries = 0; tries < 1_200; tries++) {
      if (rig.gauges(job, group).getOrDefault("fetch-total", 0).doubleValue() > 0) {
        return;
      }
      Thread.sleep(50);
    }
    throw new AssertionError("the source reads nothing: " + rig.gauges(job, group));
  }

  /** Offsets are committed with the checkpoints: the source has read so far. */
  private static void awaitOffset(final String group, final String topic, final long offset)
      throws Exception {
    for (int tries = 0; tries < 300; tries++) {
      final var offsets =
          admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
      if (offsets.values().stream().anyMatch(committed -> committed.offset() >= offset)) {
        return;
      }
      disturb(topic);
      Thread.sleep(100);
    }
    throw new AssertionError("offset " + offset + " is not committed for group " + group);
  }

  /**
   * A transaction that is given up. No source shows its record, but it makes one look up that waits
   * for records, up to ten seconds at a time, before it commits an offset.
   */
  @SuppressWarnings("FutureReturnValueIgnored") // The transaction is given up.
  private static void disturb(final String topic) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            rig.kafka().client(Map.of("transactional.id", "disturbs-" + topic)),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>(topic, 0, null, new byte[1]));
      producer.flush();
      producer.abortTransaction();
    }
  }

  @Test
  void groupGoesOnWhereItLeftOffAndAnotherStartWins() throws Exception {
    final JobConfig config = rig.config("group", "group-events");
    feed("group-events", 0, 0, 200);
    final JobClient first = rig.run(config, null);
    awaitOffset("group", "group-events", 200);
    rig.stop(first);
    feed("group-events", 0, 200, 300);
    rig.runToEnd(
        rig.config("again", "group-events", "kafka.group", "group", "kafka.bounded", "true"));
    assertEquals(ids(200, 300), predicted("again"));
    rig.runToEnd(
        rig.config(
            "fromstart",
            "group-events",
            "kafka.group",
            "group",
            "kafka.start",
            "earliest",
            "kafka.bounded",
            "true"));
    assertEquals(ids(0, 300), predicted("fromstart"));
  }

  @Test
  void jobsThatShareAGroupEachReadEverything() throws Exception {
    final JobClient one = rig.run(rig.config("twin1", "twin-events", "kafka.group", "twin"), null);
    final JobClient two = rig.run(rig.config("twin2", "twin-events", "kafka.group", "twin"), null);
    feed("twin-events", 0, 0, 300);
    rig.await("twin1-predictions", 300);
    rig.await("twin2-predictions", 300);
    rig.stop(one);
    rig.stop(two);
    assertEquals(predicted("twin1"), predicted("twin2"));
  }

  /** Also a job that began behind the latest record: it must not leap there again. */
  @Test
  void recordsDeletedBeforeTheyWereReadAreSkippedAndNoMore() throws Exception {
    final JobConfig config = rig.config("gone", "gone-events", "kafka.start", "latest");
    final JobClient first = rig.run(config, null);
    awaitReading(first);
    feed("gone-events", 0, 0, 100);
    rig.await("gone-predictions", 100);
    final String savepoint = rig.stop(first);
    feed("gone-events", 0, 100, 300);
    final TopicPartition partition = new TopicPartition("gone-events", 0);
    admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(200))).all().get();
    final JobClient second = rig.run(config, savepoint);
    rig.await("gone-predictions", 200);
    rig.stop(second);
    final Collection<String> expected = new TreeSet<>(ids(0, 100));
    expected.addAll(ids(200, 300));
    assertEquals(expected, predicted("gone"));
  }

  @Test
  void tombstonesOfACompactedLabelTopicDisturbNothing() throws Exception {
    create("compact-labels", 1, "cleanup.policy", "compact");
    final JobConfig config =
        rig.config(
            "compact",
            "compact-events",
            "kafka.labels-topic",
            "compact-labels",
            "metrics.every",
            "1");
    final JobClient job = rig.run(config, null);
    rig.send("compact-events", 0, null, Rows.event(0, "", "e0", false));
    rig.flush();
    rig.await("compact-predictions", 1);
    rig.send("compact-labels", 0, "e0", "{\"id\":\"e0\",\"label\":\"" + Rows.label(0) + "\"}");
    rig.send("compact-labels", 0, "e0", null);
    rig.flush();
    rig.await("compact-dead-letters", 1);
    for (int i = 1;
        rig.read("compact-metrics").stream().noneMatch(m -> m.contains("\"labelled\":1"));
        i++) {
      rig.send("compact-events", 0, null, Rows.event(i, "", "e" + i, false));
      rig.flush();
      Thread.sleep(100);
    }
    rig.stop(job);
    final ConsumerRecord<byte[], byte[]> letter = rig.records("compact-dead-letters").get(0);
    assertEquals("e0", new String(letter.key(), StandardCharsets.UTF_8));
    assertEquals(null, letter.value());
    assertEquals(
        "the record has no value (a tombstone)",
        new String(letter.headers().lastHeader("reason").value(), StandardCharsets.UTF_8));
  }

  /** Out of order in time; one label before its event, one after the wait is over. */
  @Test
  void orderInTimeDoesNotMatterButTheWaitForALabelEnds() throws Exception {
    final JobConfig config =
        rig.config(
            "order",
            "order-events",
            "kafka.labels-topic",
            "order-labels",
            "labels.max-wait",
            "2 s",
            "metrics.every",
            "1");
    final JobClient job = rig.run(config, null);
    rig.send("order-labels", "{\"id\":\"e3\",\"ts\":1,\"label\":\"" + Rows.label(3) + "\"}");
    rig.flush();
    for (final int i : new int[] {9, 0, 5}) {
      rig.send("order-events", Rows.event(i, "", "e" + i, false));
    }
    rig.flush();
    rig.await("order-predictions", 3);
    Thread.sleep(3_000);
    rig.send("order-labels", "{\"id\":\"e9\",\"label\":\"" + Rows.label(9) + "\"}");
    rig.flush();
    rig.await("order-dead-letters", 2);
    rig.send("order-events", Rows.event(1, "", "e1", true));
    rig.flush();
    rig.await("order-predictions", 4);
    rig.stop(job);
    assertEquals(List.of("e9", "e0", "e5", "e1"), Rows.ids(rig.read("order-predictions")));
    assertTrue(
        rig.read("order-metrics").get(3).contains("\"expired\":3"),
        rig.read("order-metrics").get(3));
  }

  /** The producer sends again what it has sent, also across a failure of the job. */
  @Test
  void duplicatesUpstreamArePredictedOnce() throws Exception {
    final JobConfig config = rig.config("twice", "twice-events", "state.deduplicate-for", "1 h");
    final JobClient job = rig.run(config, null);
    feed("twice-events", 0, 0, 300);
    rig.await("twice-predictions", 300);
    feed("twice-events", 0, 200, 300);
    rig.await("twice-dead-letters", 100);
    assertEquals(100L, rig.gauges(job).get("duplicates"));
    rig.replaceTaskManager();
    feed("twice-events", 0, 250, 400);
    rig.await("twice-predictions", 400);
    rig.await("twice-dead-letters", 150);
    rig.stop(job);
    assertEquals(ids(0, 400), predicted("twice"));
    assertEquals(150, rig.read("twice-dead-letters").size());
  }

  @Test
  void topicDeletedUnderTheJobEndsItWithASentenceThatNamesIt() throws Exception {
    final JobConfig config =
        rig.config(
            "deleted",
            "deleted-events",
            "kafka.properties.partition.discovery.interval.ms",
            "500",
            "job.restart-attempts",
            "2");
    final JobClient job = rig.run(config, null);
    feed("deleted-events", 0, 0, 100);
    rig.await("deleted-predictions", 100);
    admin.deleteTopics(List.of("deleted-events")).all().get();
    final ExecutionException failed =
        assertThrows(
            ExecutionException.class, () -> job.getJobExecutionResult().get(120, TimeUnit.SECONDS));
    Throwable root = failed;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    assertTrue(
        root.getMessage().startsWith("topic deleted-events is no longer there: cancel the job"),
        root.toString());
  }
}
