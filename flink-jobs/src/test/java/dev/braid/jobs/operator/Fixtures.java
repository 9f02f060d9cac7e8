package dev.braid.jobs.operator;

import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.Origin;
import dev.braid.jobs.config.JobConfig;
import dev.braid.jobs.config.LearnerConfig;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Events, labels and a small configuration for tests of the operator. */
final class Fixtures {
  private static final String[] NAMES = {"a", "b", "c"};

  private Fixtures() {}

  /** A configuration with a small learner. */
  static LearnerConfig config(final String... keysAndValues) {
    final Map<String, String> values =
        new HashMap<>(
            Map.of(
                "model.preset", "driftmoe-data",
                "model.options.experts", "hoeffding-tree(grace-period=50)*4",
                "model.options.top-k", "2",
                "model.options.hidden", "8",
                "model.options.batch", "16",
                "model.seed", "7",
                "metrics.every", "50"));
    for (int i = 0; i < keysAndValues.length; i += 2) {
      values.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return JobConfig.of(values).learner();
  }

  /** The same configuration with a working set of one byte: one model is hot at a time. */
  static LearnerConfig tinyWorkingSet(final LearnerConfig config) {
    return new LearnerConfig(
        config.schema(),
        config.model(),
        config.drift(),
        config.labels(),
        new LearnerConfig.State(
            1,
            config.state().packBelow(),
            config.state().deduplicateFor(),
            config.state().expireAfter()),
        config.limits(),
        config.metrics(),
        config.predictors(),
        config.modelsTopic());
  }

  /** Event i of a stream that a tree can learn, with its label. */
  static Event event(final int i, final String key) {
    final double[] x = features(i);
    return event("id" + i, key, x, label(x));
  }

  static double[] features(final int i) {
    final SplittableRandom random = new SplittableRandom(i);
    return new double[] {random.nextDouble(), random.nextDouble(), random.nextInt(3)};
  }

  static String label(final double[] x) {
    return x[0] + x[1] * (1 + x[2]) > 1.5 ? "high" : "low";
  }

  /** An event of two numeric features and a nominal one. */
  static Event event(final String id, final String key, final double[] x, final String label) {
    return event(
        id,
        key,
        NAMES,
        new double[] {x[0], x[1], Double.NaN},
        new String[] {null, null, "v" + (int) x[2]},
        label);
  }

  static Event event(
      final String id,
      final String key,
      final String[] names,
      final double[] numbers,
      final String[] texts,
      final String label) {
    return new Event(id, key, 1_000, names, numbers, texts, label, origin("events", id));
  }

  static Event withoutLabel(final Event event) {
    return new Event(
        event.id(),
        event.key(),
        event.timestamp(),
        event.names(),
        event.numbers(),
        event.texts(),
        null,
        event.origin());
  }

  static LabelRecord labelOf(final Event event) {
    return label(event.id(), event.key(), event.label());
  }

  static LabelRecord label(final String id, final String key, final String label) {
    return new LabelRecord(id, key, 1_000, label, origin("labels", id));
  }

  private static Origin origin(final String topic, final String id) {
    return new Origin(topic, 0, 0, null, id.getBytes(StandardCharsets.UTF_8));
  }
}
