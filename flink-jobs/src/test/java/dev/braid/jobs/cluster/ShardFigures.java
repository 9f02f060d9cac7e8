package dev.braid.jobs.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Rows a second of one model on one slot, and of the same in two shards on two slots, with the CPU
 * time of each thread; where a rate is given, the time that an event then takes, too.
 */
final class ShardFigures {
  private static final int WARM_UP_SECONDS = 20;

  private final ClusterFigures options;
  private volatile boolean ending;

  ShardFigures(final ClusterFigures options) {
    this.options = options;
  }

  void measure() throws Exception {
    final List<Double> rates = new ArrayList<>();
    for (final int shards : List.of(1, 2)) {
      try (ClusterRig rig = ClusterRig.start("shards-" + shards, List.of(), options.settings())) {
        if (options.rate > 0) {
          latency(rig, shards);
        } else {
          rates.add(throughput(rig, shards));
        }
      }
    }
    if (!rates.isEmpty()) {
      options.tell(
          String.format(Locale.ROOT, "shards: two_to_one=%.3f", rates.get(1) / rates.get(0)));
    }
  }

  private List<String> job(final ClusterRig rig, final int shards, final boolean bounded) {
    final Map<String, String> values = new TreeMap<>();
    values.put("job.parallelism", Integer.toString(shards));
    values.put("job.shards", Integer.toString(shards));
    values.put("kafka.bounded", Boolean.toString(bounded));
    values.put("model.preset", options.preset);
    if (!options.experts.isEmpty()) {
      values.put("model.options.experts", options.experts);
    }
    values.put("checkpoints.interval", options.checkpointSeconds + " s");
    return rig.arguments("shards", "shards-events", values);
  }

  /** Rows a second of the last half. */
  private double throughput(final ClusterRig rig, final int shards) throws Exception {
    final List<String> job = job(rig, shards, true);
    Throughput.send(options, rig.kafka(), "shards-events", 0);
    final ThreadCpu cpu =
        new ThreadCpu(List.of(rig.flink().taskManager(0).pid(), rig.flink().taskManager(1).pid()));
    final String[] used = new String[1];
    final Throughput.Rate rate =
        new Throughput(options)
            .rate(
                rig,
                "shards-predictions",
                () -> rig.submit(job),
                cpu::begin,
                () -> used[0] = cpu.most(options.rows / 2.0));
    options.tell(
        String.format(
            Locale.ROOT,
            "shards: shards=%d slots=%d rows=%d job=%.0f job_of_the_last_half=%.0f; CPU in"
                + " microseconds a row of the last half: %s",
            shards,
            shards,
            options.rows,
            rate.whole(),
            rate.half(),
            used[0]));
    return rate.half();
  }

  private void send(final ClusterRig rig) {
    try {
      while (!ending) {
        Throughput.send(options, rig.kafka(), "shards-events", options.rate, Long.MAX_VALUE);
      }
    } catch (final RuntimeException interrupted) {
      if (!ending) {
        throw interrupted;
      }
    }
  }

  private void latency(final ClusterRig rig, final int shards) throws Exception {
    ending = false;
    rig.submit(job(rig, shards, false));
    final Latency.Reader reader =
        new Latency.Reader((int) ((WARM_UP_SECONDS + options.seconds + 10) * options.rate));
    final Thread traffic = new Thread(() -> send(rig), "traffic");
    traffic.setDaemon(true);
    try (Follower follower =
        Follower.start(rig.kafka(), "shards-predictions", "read_uncommitted", reader)) {
      traffic.start();
      Thread.sleep(WARM_UP_SECONDS * 1_000L);
      reader.count(true);
      Thread.sleep(options.seconds * 1_000L);
      reader.count(false);
      follower.seen(); // Throws if it failed.
    } finally {
      ending = true;
      traffic.interrupt();
      traffic.join(10_000);
    }
    options.tell(
        String.format(
            Locale.ROOT,
            "shards: latency shards=%d slots=%d rate=%.0f/s checkpoints=%ds %s",
            shards,
            shards,
            options.rate,
            options.checkpointSeconds,
            reader.percentiles()));
  }
}
