package dev.braid.jobs.cluster;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Many rows, a fault now and then, and an account of every one of them at the end. */
final class Endurance {
  private static final long PATIENCE_MILLIS = 300_000;

  private final ClusterFigures options;

  Endurance(final ClusterFigures options) {
    this.options = options;
  }

  void measure() throws Exception {
    try (ZooKeeper zooKeeper = ZooKeeper.start(ClusterRig.folder("endurance-zk"))) {
      final Map<String, String> settings =
          new TreeMap<>(HighAvailabilityIT.available(zooKeeper, "endurance"));
      settings.putAll(options.settings());
      try (ClusterRig rig = ClusterRig.start("endurance", List.of(), settings)) {
        run(rig);
      }
    }
  }

  private void run(final ClusterRig rig) throws Exception {
    rig.submit(
        rig.arguments(
            "endurance",
            "endurance-events",
            Map.of(
                "job.parallelism",
                "1",
                "model.preset",
                options.preset,
                "checkpoints.interval",
                options.checkpointSeconds + " s")));
    final Thread traffic =
        new Thread(
            () -> Throughput.send(options, rig.kafka(), "endurance-events", options.rate),
            "traffic");
    traffic.start();
    final Chaos chaos = new Chaos(rig, options.seed, options.faultEvery, options.faultEvery);
    final long begin = System.currentTimeMillis();
    int faults = 0;
    while (traffic.isAlive()) {
      final long struck = System.currentTimeMillis();
      final String what = chaos.strike();
      faults++;
      Thread.sleep(Math.max(0, struck + chaos.pause() - System.currentTimeMillis()));
      rig.flink().replaceTheDead();
      options.tell(
          String.format(
              Locale.ROOT,
              "endurance: fault %d at %ds: %s; live heap %s",
              faults,
              (struck - begin) / 1_000,
              what,
              rig.flink().liveHeaps()));
    }
    traffic.join();
    try (Follower committed =
        Follower.start(rig.kafka(), "endurance-predictions", "read_committed", record -> {})) {
      committed.await(options.rows, PATIENCE_MILLIS);
    }
    options.tell(
        String.format(
            Locale.ROOT,
            "endurance: faults=%d rate=%.0f/s %s",
            faults,
            options.rate,
            rig.ledger().balance("endurance-events", "endurance")));
  }
}
