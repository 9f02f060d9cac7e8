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

  /** Of the savepoint whose models predict numbers. */
  static final String NUMBERS = "numbers";

  /** What is configured for each savepoint that is kept, a small learner. */
  static final Map<String, List<String>> LEARNERS =
      Map.of(
          "driftmoe-data",
          List.of(
              "model.preset", "driftmoe-data",
              "model.options.experts", "hoeffding-tree(grace-period=50)*3",
              "model.options.top-k", "2",
              "model.options.hidden", "8"),
          "braid",
          List.of(
              "model.options.experts",
              "adaptive-tree(subspace=leaf|tree,split-confidence=0.01)*2+knn(20)"
                  + "+naive-bayes(100|1000|10000)*3+last-label",
              "model.options.combine",
              "log-opinion-pool+stacking-net(hidden=4,remembered=32)"),
          NUMBERS,
          List.of(
              "schema.target", "numeric",
              "model.quantiles", "0.5",
              "model.options.experts", "adaptive-model-tree*2+knn(20)+rls+last-value"));

  private KeptSavepoint() {}

  /** Where the savepoints are kept, each in a folder of its name. */
  static Path folder() {
    return Path.of("src", "test", "resources", "savepoints").toAbsolutePath();
  }

  /** The job's configuration; at least once, since the broker of the kept transactions is gone. */
  static JobConfig config(final Rig rig, final String name) {
    final List<String> values = new ArrayList<>(LEARNERS.get(name));
    values.addAll(
        List.of(
            "kafka.delivery",
            "at-least-once",
            "kafka.labels-topic",
            "kept-" + name + "-labels",
            "labels.max-wait",
            "3650 d"));
    final String job = "kept-" + name;
    return rig.configWithoutLearner(job, job + "-events", values.toArray(String[]::new));
  }

  /** Sends what the job had read when the savepoint was made. */
  static void send(final Rig rig, final JobConfig config) {
    for (int i = 0; i < EVENTS; i++) {
      rig.send(config.kafka().eventsTopic(), event(config, i));
    }
    for (int late = 0; late < LATE_LABELS; late++) {
      rig.send(config.kafka().labelsTopic(), label(config, 4 * late));
    }
    rig.flush();
  }

  static String event(final JobConfig config, final int i) {
    final String event = Rows.event(i, "k" + i % KEYS, "e" + i, i % 4 != 0);
    return event.replace(
        "\"label\":\"" + Rows.label(i) + '"',
        "\"label\":\"" + Rows.label(i, config.learner().schema().ofNumber()) + '"');
  }

  static String label(final JobConfig config, final int i) {
    return String.format(
        "{\"id\":\"e%d\",\"key\":\"k%d\",\"label\":\"%s\"}",
        i, i % KEYS, Rows.label(i, config.learner().schema().ofNumber()));
  }
}
