package dev.braid.jobs.dense;

import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.Origin;
import dev.braid.jobs.config.JobConfig;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/** Events of a task that no linear model can learn, and a small layer for them. */
final class DenseRows {
  private static final String[] NAMES = {"a", "b", "c"};

  private DenseRows() {}

  static JobConfig config(final String... keysAndValues) {
    final Map<String, String> more = new HashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      more.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return config(more);
  }

  /** A layer with so many experts behind a gate. */
  static String layer(final String gate, final int experts) {
    return "gate=" + gate + ",expert=mlp(16)*" + experts + ",learning-rate=0.01";
  }

  static JobConfig config(final Map<String, String> more) {
    final Map<String, String> values =
        new HashMap<>(
            Map.of(
                "schema.numeric", "a,b",
                "schema.classes", "same,other",
                "model.seed", "5",
                "dense.layer", layer("softmax", 3),
                "dense.batch", "16",
                "dense.backend", "java"));
    values.putAll(more);
    return JobConfig.of(values);
  }

  static Event event(final int i, final String key) {
    return event(i, key, label(i));
  }

  static Event event(final int i, final String key, final String label) {
    final SplittableRandom random = new SplittableRandom(i);
    return new Event(
        "id" + i,
        key,
        1_000 + i,
        NAMES,
        new double[] {random.nextDouble(), random.nextDouble() * 100, Double.NaN},
        new String[] {null, null, "text"},
        label,
        origin(i));
  }

  static String label(final int i) {
    final SplittableRandom random = new SplittableRandom(i);
    final boolean first = random.nextDouble() > 0.5;
    return first == random.nextDouble() > 0.5 ? "same" : "other";
  }

  static LabelRecord labelOf(final int i, final String key) {
    return new LabelRecord("id" + i, key, 1_000 + i, label(i), origin(i));
  }

  private static Origin origin(final int i) {
    return new Origin("events", 0, i, null, Integer.toString(i).getBytes(StandardCharsets.UTF_8));
  }

  /** An event in a form that is equal only to the last bit. */
  static String exact(final Event event) {
    return event.id()
        + ' '
        + Arrays.toString(event.names())
        + Arrays.stream(event.numbers())
            .mapToObj(Double::toHexString)
            .collect(Collectors.joining(" "));
  }

  /** Whether the layer's prediction is for the event's class. */
  static boolean isRight(final Event event) {
    final int same = Arrays.asList(event.names()).indexOf("@dense:same");
    final boolean saysSame = event.numbers()[same] > event.numbers()[same + 1];
    return saysSame == event.label().equals("same");
  }
}
