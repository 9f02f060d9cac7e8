package dev.braid.jobs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.connectors.kafka.KafkaCluster;
import dev.braid.connectors.kafka.TopicReader;
import dev.braid.jobs.topology.Rows;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Compares what is in the topics: events, committed predictions, dead letters. */
final class Ledger {
  private static final long PATIENCE_MILLIS = 180_000;

  private final KafkaCluster kafka;

  Ledger(final KafkaCluster kafka) {
    this.kafka = kafka;
  }

  /** Values committed to a topic, in order. */
  List<String> read(final String topic) {
    final List<String> values = new ArrayList<>();
    try (TopicReader reader = new TopicReader(kafka, topic)) {
      reader.readToEnd(record -> values.add(new String(record.value(), StandardCharsets.UTF_8)));
    }
    return values;
  }

  /** Waits until at least so many records are committed to a topic. */
  void await(final String topic, final int count) {
    final long deadline = System.currentTimeMillis() + PATIENCE_MILLIS;
    final int[] seen = new int[1];
    try (TopicReader reader = new TopicReader(kafka, topic)) {
      while (seen[0] < count) {
        reader.poll(Duration.ofMillis(200), record -> seen[0]++);
        if (System.currentTimeMillis() > deadline) {
          throw new AssertionError(
              "topic " + topic + " has " + seen[0] + " committed records instead of " + count);
        }
      }
    }
  }

  /**
   * What became of the events of a topic.
   *
   * @param events sent
   * @param predictions committed
   * @param deadLetters committed
   * @param lost events with neither
   * @param doubled predictions beyond the first of an event
   */
  record Balance(int events, int predictions, int deadLetters, int lost, int doubled) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "events=%d predictions=%d dead_letters=%d lost=%d doubled=%d",
          events,
          predictions,
          deadLetters,
          lost,
          doubled);
    }
  }

  Balance balance(final String events, final String job) {
    final Set<String> open = new HashSet<>();
    final int sent = forEach(events, open::add);
    final Set<String> answered = new HashSet<>();
    final int predicted =
        forEach(
            job + "-predictions",
            id -> {
              answered.add(id);
              open.remove(id);
            });
    final int refused = forEach(job + "-dead-letters", open::remove);
    return new Balance(sent, predicted, refused, open.size(), predicted - answered.size());
  }

  private int forEach(final String topic, final Consumer<String> id) {
    final int[] count = new int[1];
    try (TopicReader reader = new TopicReader(kafka, topic)) {
      reader.readToEnd(
          record -> {
            count[0]++;
            id.accept(Rows.ids(List.of(new String(record.value(), StandardCharsets.UTF_8))).get(0));
          });
    }
    return count[0];
  }

  /** Every event has one prediction, and nothing else has. */
  void assertNothingLostOrDoubled(final String events, final String job) {
    final List<String> sent = Rows.ids(read(events));
    final List<String> predicted = Rows.ids(read(job + "-predictions"));
    assertEquals(List.of(), read(job + "-dead-letters"), "dead letters");
    assertEquals(predicted.size(), new HashSet<>(predicted).size(), "ids, and different ids");
    assertEquals(new TreeSet<>(sent), new TreeSet<>(predicted), "ids of events and predictions");
    assertEquals(sent.size(), predicted.size(), "events and predictions");
  }

  /** Both jobs said the same of every event, bit for bit, in the same order within each model. */
  void assertSamePredictions(final String one, final String other) {
    final Map<String, List<String>> expected = byModel(read(one + "-predictions"));
    final Map<String, List<String>> actual = byModel(read(other + "-predictions"));
    assertEquals(expected.keySet(), actual.keySet());
    for (final String model : expected.keySet()) {
      assertEquals(expected.get(model), actual.get(model), "predictions of model " + model);
    }
  }

  private static Map<String, List<String>> byModel(final List<String> predictions) {
    return predictions.stream()
        .collect(
            Collectors.groupingBy(
                p -> p.replaceFirst(".*\"key\":\"([^\"]*)\".*", "$1"),
                TreeMap::new,
                Collectors.toList()));
  }
}
