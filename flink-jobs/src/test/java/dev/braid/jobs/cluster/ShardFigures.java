package dev.braid.jobs.cluster;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Rows a second of one model on one slot, and of the same in two shards on two slots. */
final class ShardFigures {
  private final ClusterFigures options;

  ShardFigures(final ClusterFigures options) {
    this.options = options;
  }

  void measure() throws Exception {
    final double one = measure(1);
    final double two = measure(2);
    options.tell(String.format(Locale.ROOT, "shards: two_to_one=%.3f", two / one));
  }

  private double measure(final int shards) throws Exception {
    try (ClusterRig rig = ClusterRig.start("shards-" + shards, List.of(), options.settings())) {
      final Map<String, String> values = new TreeMap<>();
      values.put("job.parallelism", Integer.toString(shards));
      values.put("job.shards", Integer.toString(shards));
      values.put("kafka.bounded", "true");
      values.put("model.preset", options.preset);
      if (!options.experts.isEmpty()) {
        values.put("model.options.experts", options.experts);
      }
      values.put("checkpoints.interval", options.checkpointSeconds + " s");
      final List<String> job = rig.arguments("shards", "shards-events", values);
      Throughput.send(options, rig.kafka(), "shards-events", 0);
      final List<Long> processes =
          List.of(rig.flink().taskManager(0).pid(), rig.flink().taskManager(1).pid());
      try (ThreadCpu cpu = new ThreadCpu(processes)) {
        final Throughput.Rate rate =
            new Throughput(options).rate(rig, "shards-predictions", () -> rig.submit(job));
        options.tell(
            String.format(
                Locale.ROOT,
                "shards: shards=%d rows=%d job=%.0f job_of_the_last_half=%.0f cpu: %s",
                shards,
                options.rows,
                rate.whole(),
                rate.half(),
                cpu.most()));
        return rate.half();
      }
    }
  }
}
