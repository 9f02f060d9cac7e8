package dev.braid.jobs.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.Event;
import dev.braid.connectors.NumberScores;
import dev.braid.connectors.PredictionRecord;
import dev.braid.jobs.config.ConfigException;
import dev.braid.jobs.config.LearnerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The operator where the target is a number. */
class NumbersTest {
  private static final int DELAY = 20;

  private static LearnerConfig config(final String... keysAndValues) {
    final Map<String, String> values =
        new TreeMap<>(
            Map.of(
                "schema.target",
                "numeric",
                "model.options.experts",
                "rls+last-value+mean",
                "metrics.every",
                "500"));
    for (int i = 0; i < keysAndValues.length; i += 2) {
      values.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return LearnerConfig.of(values);
  }

  /** A number that the features tell but for noise of size 1. */
  private static Event event(final int i) {
    final SplittableRandom random = new SplittableRandom(i);
    final double[] x = Fixtures.features(i);
    final double y = 100 + 20 * x[0] - 10 * x[1] + random.nextGaussian();
    return Fixtures.event("id" + i, "m", x, Double.toString(y));
  }

  @Test
  void predictionsAreNumbersWithIntervalsAndMetricsSayHowGoodTheyAre() throws Exception {
    try (Workbench bench = new Workbench(config("model.quantiles", "0.5"))) {
      for (int i = 0; i < 2000; i++) {
        bench.send(event(i));
      }
      final List<PredictionRecord> all = bench.predictions();
      assertEquals(List.of(), bench.reasons());
      assertEquals(2000, all.size());
      assertTrue(Double.isNaN(all.get(0).number().value()), "nothing is known of the first event");
      final PredictionRecord last = all.get(1999);
      assertNull(last.predicted());
      assertTrue(Math.abs(last.number().value() - 105) < 20, last::toString);
      assertTrue(last.number().lower() < last.number().value(), last::toString);
      assertEquals(List.of(0.5), last.number().levels());
      assertEquals(1, last.number().quantiles().size());
      final NumberScores scores = bench.metrics().get(3).numbers();
      assertNull(bench.metrics().get(3).classes());
      assertEquals(0.9, scores.coverage(), 0.03);
      assertEquals(0.9, scores.windowCoverage(), 0.05);
      assertTrue(scores.windowRmse() < 1.2 && scores.windowMae() < 0.95, scores::toString);
      assertTrue(scores.windowR2() > 0.95 && scores.r2() > 0.5, scores::toString);
    }
  }

  @Test
  void gaugesShowTheErrorAndTheCoverageOfTheModelsWeightedByEvents() throws Exception {
    try (Workbench bench = new Workbench(config("metrics.every", "100"))) {
      for (int i = 0; i < 300; i++) {
        bench.send(event(i));
      }
      for (int i = 0; i < 100; i++) {
        bench.send(
            Fixtures.event("other" + i, "other", Fixtures.features(i), i % 2 == 0 ? "0" : "1"));
      }
      final NumberScores one = last(bench, "m");
      final NumberScores other = last(bench, "other");
      // Of a model's first event nothing was predicted, of the first 21 no interval.
      assertEquals((299 * one.mae() + 99 * other.mae()) / 398, bench.figures().mae(), 1e-9);
      assertEquals(
          (279 * one.coverage() + 79 * other.coverage()) / 358, bench.figures().coverage(), 1e-9);
      assertEquals(0, bench.figures().accuracy());
    }
  }

  private static NumberScores last(final Workbench bench, final String key) {
    return bench.metrics().stream()
        .filter(record -> record.key().equals(key))
        .reduce((first, second) -> second)
        .orElseThrow()
        .numbers();
  }

  @Test
  void theFeatureThatANumberDependsOnMostIsTheMostImportantOne() throws Exception {
    try (Workbench bench = new Workbench(config("metrics.importance-every", "3"))) {
      for (int i = 0; i < 2000; i++) {
        bench.send(event(i));
      }
      final Map<String, Double> importance = bench.metrics().get(3).featureImportance();
      final List<String> features = List.copyOf(importance.keySet());
      assertEquals(Fixtures.event(0, "m").names()[0], features.get(0), importance::toString);
      assertTrue(importance.get(features.get(0)) > 1, importance::toString);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"high", "NaN", "1e999", "-Infinity", "1,5", "0x10"})
  void aLabelThatIsNoNumberIsADeadLetter(final String label) throws Exception {
    try (Workbench bench = new Workbench(config())) {
      bench.send(event(1));
      bench.send(Fixtures.event("id2", "m", Fixtures.features(2), label));
      bench.send(Fixtures.withoutLabel(event(3)));
      bench.send(Fixtures.label("id3", "m", label));
      bench.send(event(4));
      assertEquals(3, bench.predictions().size());
      final String expected =
          "the label '" + label + "' is no finite number, and schema.target is numeric";
      assertEquals(List.of(expected, expected), bench.reasons());
    }
  }

  @Test
  void absurdNumbersLeavePredictionsNearTheRange() throws Exception {
    try (Workbench bench = new Workbench(config())) {
      for (int i = 0; i < 3000; i++) {
        final Event event = event(i);
        final String label = i % 1000 == 999 ? (i < 2000 ? "1e300" : "-1e300") : event.label();
        bench.send(Fixtures.event(event.id(), "m", Fixtures.features(i), label));
      }
      for (final PredictionRecord p : bench.predictions().subList(1000, 3000)) {
        assertTrue(p.number().value() > 50 && p.number().value() < 170, p::toString);
      }
    }
  }

  @Test
  void lateLabelsTeachAndARestoredJobGoesOnToTheLastBit() throws Exception {
    final List<String> whole = new ArrayList<>();
    final List<String> parts = new ArrayList<>();
    final LearnerConfig config = config();
    OperatorSubtaskState snapshot;
    try (Workbench bench = new Workbench(config)) {
      late(bench, 0, 1500);
      whole.addAll(bench.exactPredictions());
      final List<PredictionRecord> all = bench.predictions();
      final PredictionRecord last = all.get(all.size() - 1);
      final double truth = Double.parseDouble(event(1499).label());
      assertTrue(Math.abs(last.number().value() - truth) < 5, last + " is not near " + truth);
      assertEquals(1500 - DELAY, last.modelVersion());
    }
    try (Workbench bench = new Workbench(config)) {
      late(bench, 0, 700);
      parts.addAll(bench.exactPredictions());
      snapshot = bench.snapshot();
    }
    try (Workbench bench = new Workbench(config, snapshot)) {
      late(bench, 700, 1500);
      parts.addAll(bench.exactPredictions());
    }
    assertEquals(whole, parts);
  }

  /** Sends events whose labels come later. */
  private static void late(final Workbench bench, final int from, final int to) throws Exception {
    for (int i = from; i < to; i++) {
      if (i >= DELAY) {
        bench.send(Fixtures.labelOf(event(i - DELAY)));
      }
      bench.send(Fixtures.withoutLabel(event(i)));
    }
  }

  @Test
  void aChangeOfWhatTheFeaturesMeanRaisesAnAlarm() throws Exception {
    try (Workbench bench = new Workbench(config())) {
      for (int i = 0; i < 3000; i++) {
        final Event event = event(i);
        final double y = Double.parseDouble(event.label());
        final String label = Double.toString(i < 2000 ? y : 400 - 5 * y);
        bench.send(Fixtures.event(event.id(), "m", Fixtures.features(i), label));
      }
      final long alarm =
          bench.drift().stream()
              .filter(d -> d.kind().equals("alarm") && d.event() > 2000 && d.event() < 2300)
              .count();
      assertTrue(alarm > 0, () -> bench.drift().toString());
    }
  }

  @Test
  void savedModelsOfNumbersAreNotGoneOnWithAsClasses() throws Exception {
    final OperatorSubtaskState snapshot;
    try (Workbench bench = new Workbench(config())) {
      bench.send(event(1));
      snapshot = bench.snapshot();
    }
    final Exception refused =
        assertThrows(Exception.class, () -> new Workbench(Fixtures.config(), snapshot).close());
    Throwable cause = refused;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    assertTrue(cause.getMessage().contains("set schema.target to what it was"), cause::toString);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.preset=driftmoe-data",
        "model.interval=1.5",
        "model.quantiles=0.1,2",
        "model.options.interval=0.8",
        "model.options.objective=balanced",
        "model.options.experts=naive-bayes(100)",
        "model.options.combine=stacking-net",
        "schema.classes=a,b"
      })
  void whatANumberCannotBePredictedWithIsRefusedAtTheStart(final String setting) {
    final String key = setting.substring(0, setting.indexOf('='));
    final String value = setting.substring(setting.indexOf('=') + 1);
    final Map<String, String> values = new TreeMap<>(Map.of("schema.target", "numeric"));
    values.put(key, value);
    final String message =
        assertThrows(ConfigException.class, () -> LearnerConfig.of(values)).getMessage();
    assertNotNull(message);
    assertTrue(message.endsWith(".") && !message.contains("\n"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.interval=0.8", "model.quantiles=0.5"})
  void whatIsAboutNumbersIsRefusedWhereAClassIsPredicted(final String setting) {
    final String key = setting.substring(0, setting.indexOf('='));
    final Map<String, String> values = Map.of(key, setting.substring(setting.indexOf('=') + 1));
    assertEquals(
        "Configuration key '"
            + key
            + "' is about numbers, but 'schema.target' is not numeric: leave it out.",
        assertThrows(ConfigException.class, () -> LearnerConfig.of(values)).getMessage());
  }
}
