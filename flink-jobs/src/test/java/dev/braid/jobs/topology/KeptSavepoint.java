package dev.braid.jobs.topology;

import dev.braid.jobs.config.JobConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The job and the records behind a savepoint that is kept as a test resource: five models, the
 * labels of every fourth event late, and some of them missing still when the savepoint was made.
 */
final class KeptSavepoint {
  static final int EVENTS = 400;
  static final int KEYS = 5;

  /** Late labels that came before the savepoint; the events behind them wait in it. */
  static final int LATE_LABELS = 80;

  /** A small learner of each preset that a savepoint is kept of. */
  static final Map<String, List<String>> LEARNERS =
      Map.of(
          "driftmoe-data",
          List.of(
              "model.options.experts", "hoeffding-tree(grace-period=50)*3",
              "model.options.top-k", "2",
              "model.options.hidden", "8"),
          "braid",
          List.of(
              "model.options.experts",
              "adaptive-tree(subspace=leaf|tree,split-confidence=0.01)*2+knn(20)"
                  + "+naive-bayes(100|1000|10000)*3+last-label",
              "model.options.combine",
              "log-opinion-pool+stacking-net(hidden=4,remembered=32)"));

  private KeptSavepoint() {}

  /** Where the savepoints are kept, each in a folder named as its preset. */
  static Path folder() {
    return Path.of("src", "test", "resources", "savepoints").toAbsolutePath();
  }

  /** The job's configuration; at least once, since the broker of the kept transactions is gone. */
  static JobConfig config(final Rig rig, final String preset) {
    final List<String> values = new ArrayList<>(LEARNERS.get(preset));
    values.addAll(
        List.of(
            "model.preset",
            preset,
            "kafka.delivery",
            "at-least-once",
            "kafka.labels-topic",
            "kept-" + preset + "-labels",
            "labels.max-wait",
            "3650 d"));
    final String job = "kept-" + preset;
    return rig.configWithoutLearner(job, job + "-events", values.toArray(String[]::new));
  }

  /** Sends what the job had read when the savepoint was made. */
  static void send(final Rig rig, final JobConfig config) {
    for (int i = 0; i < EVENTS; i++) {
      rig.send(config.kafka().eventsTopic(), event(i));
    }
    for (int late = 0; late < LATE_LABELS; late++) {
      rig.send(config.kafka().labelsTopic(), label(4 * late));
    }
    rig.flush();
  }

  static String event(final int i) {
    return Rows.event(i, "k" + i % KEYS, "e" + i, i % 4 != 0);
  }

  static String label(final int i) {
    return String.format(
        "{\"id\":\"e%d\",\"key\":\"k%d\",\"label\":\"%s\"}", i, i % KEYS, Rows.label(i));
  }
}
