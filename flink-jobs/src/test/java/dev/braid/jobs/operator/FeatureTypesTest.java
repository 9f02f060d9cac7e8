package dev.braid.jobs.operator;

import static dev.braid.jobs.operator.Fixtures.config;
import static dev.braid.jobs.operator.Fixtures.event;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.DriftRecord;
import dev.braid.connectors.Event;
import dev.braid.connectors.Origin;
import dev.braid.connectors.PredictionRecord;
import dev.braid.connectors.format.RecordDecoder;
import dev.braid.jobs.config.JobConfig;
import dev.braid.jobs.config.LearnerConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** A first value that is not like the others does not spoil a model. */
class FeatureTypesTest {
  private static final int EVENTS = 2_000;

  /** Of a stream whose class is whether x is above one half; x as a number or as what is given. */
  private static List<Event> stream(final Poison poison) {
    final SplittableRandom random = new SplittableRandom(5);
    final List<Event> events = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      final double x = random.nextDouble();
      final double y = random.nextDouble();
      final String text = poison.text(i, x);
      events.add(
          event(
              "id" + i,
              "m",
              new String[] {"x", "y"},
              new double[] {text == null ? x : Double.NaN, y},
              new String[] {text, null},
              x > 0.5 ? "a" : "b"));
    }
    return events;
  }

  /** What a producer writes in place of a number; null for the number itself. */
  private interface Poison {
    String text(int i, double x);
  }

  private static LearnerConfig braid() {
    return LearnerConfig.of(
        Map.of(
            "model.options.experts",
            "adaptive-tree(subspace=leaf|tree|all,split-confidence=0.01|0.01|1e-7)*3+knn"
                + "+naive-bayes(100|1000|10000)*3+last-label+crossed-linear+replay-network",
            "metrics.every",
            "100"));
  }

  private static double accuracy(final Poison poison) throws Exception {
    try (Workbench bench = new Workbench(braid())) {
      final List<Event> events = stream(poison);
      for (final Event event : events) {
        bench.send(event);
      }
      assertEquals(EVENTS, bench.predictions().size());
      return accuracy(bench.predictions(), events, 0);
    }
  }

  private static double accuracy(
      final List<PredictionRecord> predictions, final List<Event> events, final int from) {
    int right = 0;
    for (int i = from; i < predictions.size(); i++) {
      right += events.get(i).label().equals(predictions.get(i).predicted()) ? 1 : 0;
    }
    return right / (double) (predictions.size() - from);
  }

  @Test
  void accuracyIsThatOfTheCleanStreamWhateverTheFirstValuesAre() throws Exception {
    final double clean = accuracy((i, x) -> null);
    assertTrue(clean > 0.97, "" + clean);
    final double one = accuracy((i, x) -> i == 0 ? "n/a" : null);
    final double numbersAsText = accuracy((i, x) -> " " + x);
    final double poisonAndText = accuracy((i, x) -> i == 0 ? "NaN" : Double.toString(x));
    final double five = accuracy((i, x) -> i < 5 ? "n/a" : null);
    final double nowAndThen = accuracy((i, x) -> i % 20 == 0 ? "missing" : null);
    assertEquals(clean, one, 0.01);
    assertEquals(clean, numbersAsText, 0);
    assertEquals(clean, poisonAndText, 0.01);
    // Until the type is corrected, and where x is missing, half of the events are guessed.
    assertEquals(clean, five, 0.015);
    assertEquals(clean - 0.05 / 2, nowAndThen, 0.015);
  }

  /** Four hundred records as they were sent, the first of which says {@code "x": "n/a"}. */
  @Test
  void theRecordsThatSpoiledAModelDoSoNoMore() throws Exception {
    final List<String> lines =
        Files.readAllLines(Path.of("src/test/resources/cases/first_value_text.jsonl"));
    final double spoiled = accuracyOf(lines);
    final double clean = accuracyOf(lines.subList(1, lines.size()));
    assertTrue(clean > 0.95, "" + clean);
    assertEquals(clean, spoiled, 0.015);
  }

  private static double accuracyOf(final List<String> lines) throws Exception {
    final JobConfig config = JobConfig.defaults();
    final RecordDecoder decoder = config.eventDecoder();
    try (Workbench bench = new Workbench(config.learner())) {
      int right = 0;
      for (int i = 0; i < lines.size(); i++) {
        final byte[] value = lines.get(i).getBytes(StandardCharsets.UTF_8);
        final Event event = (Event) decoder.decode(new Origin("t", 0, i, null, value), 1);
        bench.send(event);
        right += event.label().equals(bench.predictions().get(i).predicted()) ? 1 : 0;
      }
      return right / (double) lines.size();
    }
  }

  @Test
  void aModelThatIsNoLongerYoungKeepsWhatItLearnedOfItsOtherFeatures() throws Exception {
    final List<Event> events = stream((i, x) -> null);
    try (Workbench bench = new Workbench(braid())) {
      for (int i = 0; i < EVENTS; i++) {
        final Event plain = events.get(i);
        final boolean late = i >= 1_000;
        bench.send(
            event(
                plain.id(),
                "m",
                late ? new String[] {"x", "y", "z"} : new String[] {"x", "y"},
                late
                    ? new double[] {plain.numbers()[0], 0, i == 1_000 ? Double.NaN : 5}
                    : plain.numbers(),
                late ? new String[] {null, null, i == 1_000 ? "n/a" : null} : new String[2],
                plain.label()));
      }
      assertEquals(1, warnings(bench).size());
      assertTrue(accuracy(bench.predictions(), events, 1_003) > 0.98);
    }
  }

  @Test
  void aWarningRecordSaysWhatWasCorrected() throws Exception {
    try (Workbench bench = new Workbench(braid())) {
      for (final Event event : stream((i, x) -> i == 0 ? "n/a" : null).subList(0, 50)) {
        bench.send(event);
      }
      final List<DriftRecord> warnings = warnings(bench);
      assertEquals(1, warnings.size());
      assertEquals("x", warnings.get(0).subject());
      assertEquals(4, warnings.get(0).event());
      assertEquals(
          "most values of feature 'x' are numbers, but it began as text: from here on it is a"
              + " number, and other values count as missing",
          warnings.get(0).reason());
    }
  }

  @Test
  void textThatBeginsWithANumberBecomesText() throws Exception {
    try (Workbench bench = new Workbench(braid())) {
      for (final Event event :
          stream((i, x) -> i == 0 ? "7" : x > 0.5 ? "large" : "small").subList(0, 500)) {
        bench.send(event);
      }
      assertEquals(1, warnings(bench).size());
      assertTrue(warnings(bench).get(0).reason().endsWith("from here on it is text"));
      assertEquals(500, bench.predictions().size());
      assertTrue(bench.figures().accuracy() > 0.97, "" + bench.figures().accuracy());
    }
  }

  @Test
  void namesOfMixedKindStayAsTheyBegan() throws Exception {
    try (Workbench bench = new Workbench(braid())) {
      for (final Event event :
          stream((i, x) -> i % 2 == 0 ? "A" + (int) (x * 9) : "" + (int) (x * 9)).subList(0, 300)) {
        bench.send(event);
      }
      assertEquals(List.of(), warnings(bench));
    }
  }

  @Test
  void aRecoveredModelCorrectsAtTheSameValueToTheSameBits() throws Exception {
    final List<Event> events = stream((i, x) -> i < 3 ? "n/a" : null).subList(0, 300);
    final List<String> straight = new ArrayList<>();
    try (Workbench bench = new Workbench(braid())) {
      for (final Event event : events) {
        bench.send(event);
      }
      straight.addAll(bench.exactPredictions());
    }
    for (final int failure : new int[] {2, 5, 13, 100}) {
      final List<String> recovered = new ArrayList<>();
      final OperatorSubtaskState snapshot;
      try (Workbench bench = new Workbench(braid())) {
        for (final Event event : events.subList(0, failure)) {
          bench.send(event);
        }
        snapshot = bench.snapshot();
        recovered.addAll(bench.exactPredictions());
      }
      try (Workbench bench = new Workbench(braid(), snapshot)) {
        for (final Event event : events.subList(failure, 300)) {
          bench.send(event);
        }
        recovered.addAll(bench.exactPredictions());
      }
      assertEquals(straight, recovered, "failure after " + failure);
    }
  }

  @Test
  void eventsThatWaitWhileATypeIsCorrectedAreLearnedFrom() throws Exception {
    final List<Event> events = stream((i, x) -> i == 0 ? "n/a" : null).subList(0, 600);
    try (Workbench bench = new Workbench(braid())) {
      for (int i = 0; i < 600 + 50; i++) {
        if (i < 600) {
          bench.send(Fixtures.withoutLabel(events.get(i)));
        }
        if (i >= 50) {
          bench.send(Fixtures.labelOf(events.get(i - 50)));
        }
      }
      assertEquals(List.of(), bench.reasons());
      assertEquals(600, bench.figures().labelled());
      assertEquals(1, warnings(bench).size());
      assertTrue(accuracy(bench.predictions(), events, 100) > 0.93);
    }
  }

  private static List<DriftRecord> warnings(final Workbench bench) {
    return bench.drift().stream().filter(record -> record.kind().equals("warning")).toList();
  }

  @Test
  void declaredSchemasCorrectNothing() throws Exception {
    try (Workbench bench = new Workbench(config("schema.nominal", "x", "schema.numeric", "y"))) {
      for (final Event event : stream((i, x) -> i == 0 ? "n/a" : null).subList(0, 100)) {
        bench.send(event);
      }
      assertEquals(List.of(), warnings(bench));
    }
  }
}
