package dev.braid.jobs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.braid.connectors.kafka.TopicSpec;
import dev.braid.connectors.kafka.Topics;
import dev.braid.jobs.topology.Rows;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One fault each, while events come and models learn: no prediction lost, doubled or changed. */
@Tag("long")
@Timeout(600)
class FaultsIT {
  private static final String[] NOTHING = {};

  private static ClusterRig rig;

  /** What befalls a running job. */
  private interface Fault {
    void strike(String job, Traffic traffic) throws Exception;
  }

  @BeforeAll
  static void start() throws Exception {
    rig = ClusterRig.start("faults", ClusterRig.SMALL, Map.of());
  }

  @AfterAll
  static void stop() {
    if (rig != null) {
      rig.close();
    }
  }

  @Test
  void taskManagerKilled() throws Exception {
    strike(
        "taskmanager",
        NOTHING,
        (job, traffic) -> {
          rig.flink().taskManager(1).kill();
          rig.flink().startTaskManager(1);
          awaitRestart(job);
        });
  }

  /** On the same folder and port, five seconds later. */
  @Test
  void brokerKilledAndStartedAgain() throws Exception {
    strike(
        "broker",
        NOTHING,
        (job, traffic) -> {
          rig.broker().kill();
          Thread.sleep(5_000);
          rig.broker().restart();
        });
  }

  /** The job manager gives the task manager up, and later that one goes on where it stood. */
  @Test
  void taskManagerStalledBeyondTheHeartbeatTimeout() throws Exception {
    strike(
        "stalled",
        NOTHING,
        (job, traffic) -> {
          rig.flink().taskManager(0).stall();
          awaitRestart(job);
          Thread.sleep(3_000);
          rig.flink().taskManager(0).resume();
        });
  }

  /** The broker grants the job's producers a trickle. */
  @Test
  void slowSink() throws Exception {
    strike(
        "slow",
        NOTHING,
        (job, traffic) -> {
          // First, or the traffic is made to wait for what it has sent already.
          bound(Traffic.CLIENT, 1e9);
          bound(null, 4_000.0);
          Thread.sleep(20_000);
          final int behind = traffic.sent() - rig.ledger().read("slow-predictions").size();
          bound(null, null);
          assertTrue(behind > 2_000, "only " + behind + " predictions had to wait");
        });
  }

  /**
   * Bounds what a client may send.
   *
   * @param client null for every one that has no bound of its own, each for itself
   * @param bytesPerSecond null for no bound
   */
  private static void bound(final String client, final Double bytesPerSecond) throws Exception {
    try (Admin admin = Admin.create(rig.kafka().client(Map.of()))) {
      admin
          .alterClientQuotas(
              List.of(
                  new ClientQuotaAlteration(
                      new ClientQuotaEntity(
                          Collections.singletonMap(ClientQuotaEntity.CLIENT_ID, client)),
                      List.of(new ClientQuotaAlteration.Op("producer_byte_rate", bytesPerSecond)))))
          .all()
          .get();
    }
    // A broker takes it from the controller's log a moment later.
    Thread.sleep(1_000);
  }

  /** The broker takes nothing for some seconds, again and again. */
  @Test
  void stalledBroker() throws Exception {
    strike(
        "halting",
        NOTHING,
        (job, traffic) -> {
          for (int i = 0; i < 4; i++) {
            Signals.stop(rig.broker().pid());
            Thread.sleep(3_000);
            Signals.go(rig.broker().pid());
            Thread.sleep(500);
          }
        });
  }

  @Test
  void checkpointFolderFullForAWhile() throws Exception {
    final Path folder = Files.createDirectories(ClusterRig.folder("small-disk"));
    try (SmallDisk disk = SmallDisk.mount(folder, 64)) {
      assumeTrue(disk != null, "a full disk needs a user who may mount one");
      final String[] onTheDisk = {"checkpoints.dir", disk.folder().toUri().toString()};
      strike(
          "full",
          onTheDisk,
          (job, traffic) -> {
            disk.fill();
            awaitRestart(job);
            Thread.sleep(5_000);
            disk.free();
          });
    }
  }

  /**
   * Labels come apart from their events and late. In which order the two topics are read is up to
   * chance, so that predictions may differ; but every label is learned from, and once.
   */
  @Test
  void lateLabelsAreLearnedOnceThoughATaskManagerIsKilled() throws Exception {
    final String job =
        rig.submit(rig.arguments("late", "late-events", "kafka.labels-topic", "late-labels"));
    final int all;
    try (Traffic traffic = Traffic.start(rig.kafka(), "late-events", "late-labels", 6, 300)) {
      rig.ledger().await("late-predictions", 900);
      rig.flink().taskManager(0).kill();
      rig.flink().startTaskManager(0);
      awaitRestart(job);
      rig.ledger().await("late-predictions", traffic.sent() + 300);
      all = traffic.finish();
      rig.ledger().await("late-predictions", all);
    }
    for (int more = 0; more < 3; more++) {
      rig.flink().rest().awaitCheckpoint(job);
    }
    rig.flink().awaitSlots();
    rig.flink().rest().cancel(job);
    rig.ledger().assertNothingLostOrDoubled("late-events", "late");
    final JsonNode totals = rig.inspect(rig.lastCheckpoint(job)).path("totals");
    assertEquals(all, totals.path("events").asInt(), totals.toString());
    assertEquals(all, totals.path("labelled").asInt(), totals.toString());
    assertEquals(0, totals.path("pendingEvents").asInt(), totals.toString());
    assertEquals(0, totals.path("pendingLabels").asInt(), totals.toString());
  }

  /** Of the job, of the broker, of the replica: it serves what the last checkpoint holds. */
  @Test
  void replicaServesWhatTheLastCheckpointHoldsThroughKills() throws Exception {
    final String name = "served";
    final String events = name + "-events";
    final String models = name + "-models";
    try (Topics topics = Topics.connect(rig.kafka(), Duration.ofSeconds(30))) {
      topics.create(List.of(TopicSpec.models(models)));
    }
    final List<String> arguments = rig.arguments(name, events, "kafka.models-topic", models);
    final String job = rig.submit(arguments);
    final List<String> rows = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      rows.add(Rows.event(100_000 + i, "k" + i % 6, "q" + i, false));
    }
    final List<String> served = new ArrayList<>();
    final Path logs = ClusterRig.folder("faults");
    final int all;
    try (Replica first = Replica.start(logs.resolve("replica-1.log"), rig.kafka(), models);
        Traffic traffic = Traffic.start(rig.kafka(), events, 6, 300)) {
      first.awaitLabels(600);
      rig.flink().taskManager(1).kill();
      rig.flink().startTaskManager(1);
      awaitRestart(job);
      first.awaitLabels(traffic.sent());
      rig.broker().kill();
      assertTrue(first.predict(rows.get(0)).contains("probabilities"), "without the broker");
      rig.broker().restart();
      first.awaitLabels(traffic.sent());
      first.kill();
      try (Replica second = Replica.start(logs.resolve("replica-2.log"), rig.kafka(), models)) {
        all = traffic.finish();
        second.awaitLabels(all);
        for (final String row : rows) {
          served.add(second.predict(row));
        }
      }
    }
    rig.flink().rest().awaitCheckpoint(job);
    rig.flink().rest().cancel(job);
    final int before = rig.ledger().read(name + "-predictions").size();
    final String again = rig.resume(rig.lastCheckpoint(job), arguments);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            rig.kafka().client(Map.of()), new ByteArraySerializer(), new ByteArraySerializer())) {
      for (final String row : rows) {
        assertTrue(
            producer
                .send(new ProducerRecord<>(events, row.getBytes(StandardCharsets.UTF_8)))
                .get()
                .hasOffset());
      }
    }
    rig.ledger().await(name + "-predictions", before + rows.size());
    rig.flink().awaitSlots();
    rig.flink().rest().cancel(again);
    final List<String> said = rig.ledger().read(name + "-predictions");
    assertEquals(
        served.stream().sorted().toList(),
        said.subList(before, said.size()).stream().sorted().toList());
  }

  private static void awaitRestart(final String job) throws Exception {
    for (int tries = 0; tries < 300 && rig.flink().rest().lastRestart(job) == 0; tries++) {
      Thread.sleep(200);
    }
    assertTrue(rig.flink().rest().lastRestart(job) > 0, "the job began anew");
  }

  private static void strike(final String name, final String[] settings, final Fault fault)
      throws Exception {
    final String events = name + "-events";
    final String predictions = name + "-predictions";
    final String job = rig.submit(rig.arguments(name, events, settings));
    final int all;
    try (Traffic traffic = Traffic.start(rig.kafka(), events, 6, 300)) {
      rig.ledger().await(predictions, 900);
      fault.strike(job, traffic);
      rig.ledger().await(predictions, traffic.sent() + 300);
      all = traffic.finish();
      rig.ledger().await(predictions, all);
    }
    rig.flink().awaitSlots();
    rig.flink().rest().cancel(job);
    assertEquals(all, rig.ledger().read(events).size());
    rig.assertAsIfUndisturbed(name, events);
  }
}
