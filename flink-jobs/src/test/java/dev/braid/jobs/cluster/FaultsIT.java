package dev.braid.jobs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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
    void strike(String job) throws Exception;
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
        job -> {
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
        job -> {
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
        job -> {
          rig.flink().taskManager(0).stall();
          awaitRestart(job);
          Thread.sleep(3_000);
          rig.flink().taskManager(0).resume();
        });
  }

  /** The broker takes nothing for some seconds, again and again. */
  @Test
  void slowSink() throws Exception {
    strike(
        "slow",
        NOTHING,
        job -> {
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
          job -> {
            disk.fill();
            awaitRestart(job);
            Thread.sleep(5_000);
            disk.free();
          });
    }
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
      fault.strike(job);
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
