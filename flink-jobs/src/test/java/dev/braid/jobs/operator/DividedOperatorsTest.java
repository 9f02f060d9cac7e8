package dev.braid.jobs.operator;

import static dev.braid.jobs.operator.Fixtures.event;
import static dev.braid.jobs.operator.Fixtures.label;
import static dev.braid.jobs.operator.Fixtures.labelOf;
import static dev.braid.jobs.operator.Fixtures.withoutLabel;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.Event;
import dev.braid.jobs.config.LearnerConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import moa.classifiers.FailingClassifier;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Divided models where records are bad, labels do not come, or models idle. */
class DividedOperatorsTest {
  private static final String TREES =
      "adaptive-tree(subspace=leaf,split-confidence=0.01)*2+naive-bayes+last-label";

  private static final String FAILING = FailingClassifier.EXPERT + "+naive-bayes+last-label";

  private static LearnerConfig config(final String experts, final String... keysAndValues) {
    final Map<String, String> values = new HashMap<>();
    values.put("model.options.experts", experts);
    values.put("metrics.every", "10");
    values.put("metrics.importance-every", "3");
    for (int i = 0; i < keysAndValues.length; i += 2) {
      values.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return LearnerConfig.of(values);
  }

  private static Event poison(final String id, final double first) {
    return event(id, "m", new double[] {first, 0.5, 1}, "high");
  }

  private static void send(final DividedBench bench, final int from, final int to)
      throws Exception {
    for (int i = from; i < to; i++) {
      bench.send(event(i, "m"));
    }
  }

  /** How often each reason was given. */
  private static Map<String, Long> counts(final List<String> reasons) {
    return new TreeMap<>(
        reasons.stream().collect(Collectors.groupingBy(r -> r, Collectors.counting())));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void anEventAtWhichAnExpertFailsIsOneDeadLetterAndAllGoesOn(final int shards) throws Exception {
    try (DividedBench bench = new DividedBench(config(FAILING), shards)) {
      send(bench, 0, 60);
      bench.snapshot();
      bench.send(poison("p1", FailingClassifier.FAILS_TO_LEARN));
      send(bench, 60, 90);
      bench.send(poison("p2", FailingClassifier.FAILS_TO_PREDICT));
      send(bench, 90, 150);
      assertEquals(150, bench.exactPredictions().size());
      assertEquals(
          Map.of(
              "the learner failed on this record: cannot bear -0.5", 1L,
              "the learner failed on this record: cannot bear -1.0", 1L),
          counts(bench.reasons()));
      assertEquals(2, bench.shardCounts().get(1));
      assertEquals(15, bench.metrics().size());
    }
  }

  @Test
  void whatIsNewInSuchAnEventIsKnownFromThereOn() throws Exception {
    try (DividedBench bench = new DividedBench(config(FAILING), 2)) {
      send(bench, 0, 30);
      bench.send(
          event(
              "p",
              "m",
              new String[] {"a", "b", "late"},
              new double[] {FailingClassifier.FAILS_TO_PREDICT, 1, 2},
              new String[] {null, null, null},
              "a new class"));
      for (int i = 30; i < 60; i++) {
        bench.send(
            event(
                "n" + i,
                "m",
                new String[] {"a", "b", "late"},
                new double[] {0.1 * (i % 7), 1, i},
                new String[] {null, null, null},
                i % 3 == 0 ? "a new class" : "high"));
      }
      assertEquals(60, bench.exactPredictions().size());
      assertTrue(bench.exactPredictions().get(59).contains("a new class"));
      assertEquals(1, bench.deadLetters().size());
    }
  }

  @Test
  void expertsThatCannotFollowTheSchemaMakeDeadLettersAndNoRestart() throws Exception {
    try (DividedBench bench = new DividedBench(config(FAILING), 2)) {
      send(bench, 0, 30);
      bench.send(
          event(
              "p",
              "m",
              new String[] {"a", FailingClassifier.FAILS_TO_GROW},
              new double[] {1, 1},
              new String[2],
              "high"));
      bench.snapshot();
      send(bench, 30, 40);
      assertEquals(30, bench.exactPredictions().size());
      assertEquals(
          Map.of("the learner failed on this record: cannot grow", 11L), counts(bench.reasons()));
    }
  }

  @Test
  void theLabelThatCameBeforeSuchAnEventIsADeadLetterToo() throws Exception {
    try (DividedBench bench = new DividedBench(config(FAILING), 2)) {
      send(bench, 0, 20);
      bench.send(label("early", "m", "high"));
      bench.send(withoutLabel(poison("early", FailingClassifier.FAILS_TO_LEARN)));
      send(bench, 20, 30);
      assertEquals(
          Map.of(
              "the learner failed on this record: cannot bear -0.5", 1L,
              "the event with id 'early' went to the dead letters", 1L),
          counts(bench.reasons()));
      assertEquals(30, bench.exactPredictions().size());
    }
  }

  @Test
  void aLabelThatComesAfterSuchAnEventOrFailsItselfIsADeadLetter() throws Exception {
    try (DividedBench bench = new DividedBench(config(FAILING), 2)) {
      send(bench, 0, 20);
      bench.send(withoutLabel(poison("first", FailingClassifier.FAILS_TO_PREDICT)));
      bench.send(withoutLabel(poison("second", FailingClassifier.FAILS_TO_LEARN)));
      assertEquals(21, bench.exactPredictions().size());
      assertEquals(1, bench.figures().pending());
      bench.snapshot();
      bench.send(label("first", "m", "never met"));
      bench.send(label("second", "m", "high"));
      send(bench, 20, 40);
      assertEquals(
          Map.of(
              "the learner failed on this record: cannot bear -1.0", 1L,
              "the event with id 'first' went to the dead letters", 1L,
              "the learner failed on this record: cannot bear -0.5", 1L),
          counts(bench.reasons()));
      assertEquals(0, bench.figures().pending());
      assertEquals(41, bench.exactPredictions().size());
      assertTrue(bench.exactPredictions().get(40).contains("never met"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void eventsAndLabelsThatWaitInVainExpireAsInOneOperator(final int shards) throws Exception {
    final LearnerConfig config = config(TREES, "labels.max-wait", "10 s");
    try (DividedBench bench = new DividedBench(config, shards);
        Workbench whole = new Workbench(config)) {
      for (int i = 0; i < 40; i++) {
        final Event event = event(i, "m");
        bench.clock(i * 1_000L);
        whole.clock(i * 1_000L);
        if (i % 4 == 3) {
          bench.send(withoutLabel(event));
          whole.send(withoutLabel(event));
        } else {
          bench.send(event);
          whole.send(event);
        }
        if (i % 8 == 7) {
          bench.send(label("lonely" + i, "m", "high"));
          whole.send(label("lonely" + i, "m", "high"));
        } else if (i > 3 && i % 8 == 5) {
          bench.send(labelOf(event(i - 2, "m")));
          whole.send(labelOf(event(i - 2, "m")));
        }
      }
      assertEquals(whole.exactPredictions(), bench.exactPredictions());
      assertEquals(counts(whole.reasons()), counts(bench.reasons()));
      assertTrue(bench.reasons().size() >= 3, "" + bench.reasons());
      assertTrue(bench.figures().expired() > 0);
      assertEquals(whole.figures().expired(), bench.figures().expired());
      assertEquals(whole.figures().pending(), bench.figures().pending());
      assertEquals(
          whole.metrics().get(3).expired(), bench.metrics().get(3).expired(), "of metrics");
      assertEquals(
          whole.metrics().get(3).pendingLabels(),
          bench.metrics().get(3).pendingLabels(),
          "of metrics");
    }
  }

  @Test
  void nothingIsLeftOfAModelThatIdled() throws Exception {
    final LearnerConfig config = config(TREES, "state.expire-after", "10 s");
    try (DividedBench bench = new DividedBench(config, 3)) {
      bench.clock(1_000);
      send(bench, 0, 20);
      bench.snapshot();
      assertEquals(List.of(1L, 3L, 1L), bench.entries(ModelStore.SESSIONS));
      bench.clock(12_000);
      bench.snapshot();
      assertEquals(List.of(0L, 0L, 0L), bench.entries(ModelStore.SESSIONS));
      assertEquals(List.of(0L, 0L, 0L), bench.entries(ModelStore.CHUNKS));
      assertEquals(0, bench.figures().models());
      send(bench, 20, 40);
      try (DividedBench other = new DividedBench(config, 3)) {
        send(other, 20, 40);
        assertEquals(other.exactPredictions(), bench.exactPredictions().subList(20, 40));
      }
    }
  }

  @Test
  void goesOnFromACheckpointToTheLastBit() throws Exception {
    final LearnerConfig config = config(TREES);
    try (DividedBench whole = new DividedBench(config, 2);
        DividedBench first = new DividedBench(config, 2)) {
      send(whole, 0, 60);
      send(first, 0, 30);
      try (DividedBench second = new DividedBench(config, 2, first.snapshot())) {
        send(second, 30, 60);
        assertEquals(whole.exactPredictions().subList(30, 60), second.exactPredictions());
      }
    }
  }

  @Test
  void anotherNumberOfShardsThanThatOfTheStateIsRefused() throws Exception {
    final LearnerConfig config = config(TREES);
    try (DividedBench two = new DividedBench(config, 2)) {
      send(two, 0, 10);
      final DividedBench.Saved saved = two.snapshot();
      final Exception refused =
          assertThrows(
              SuppressRestartsException.class, () -> new DividedBench(config, 3, saved).close());
      assertEquals(
          "The models in the savepoint or checkpoint have 2 shards, and job.shards is 3. Set"
              + " job.shards to 2, or start without the state.",
          refused.getCause().getMessage());
    }
  }

  @Test
  void growthBeyondTheBudgetIsRefusedAlikeInAnyNumberOfShards() throws Exception {
    final LearnerConfig config = config(TREES, "limits.model-bytes", "110 kb");
    List<String> expected = null;
    for (int shards = 1; shards <= 3; shards++) {
      try (DividedBench bench = new DividedBench(config, shards)) {
        for (int i = 0; i < 60; i++) {
          bench.send(event("e" + i, "m", new double[] {i, 1, 1}, "class " + i));
        }
        final List<String> reasons = bench.reasons();
        assertTrue(reasons.size() > 5 && reasons.size() < 55, "" + reasons.size());
        assertEquals(60, bench.exactPredictions().size() + reasons.size());
        expected = expected == null ? reasons : expected;
        assertEquals(expected, reasons);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void numbersArePredictedAsInOneOperator(final int shards) throws Exception {
    final LearnerConfig config =
        config(
            "knn+rls+model-tree*2+mean", "schema.target", "numeric", "model.quantiles", "0.1,0.9");
    try (DividedBench bench = new DividedBench(config, shards);
        Workbench whole = new Workbench(config)) {
      for (int i = 0; i < 120; i++) {
        final double[] x = Fixtures.features(i);
        final Event event =
            event("n" + i, "m", x, i % 40 == 9 ? "1e9" : Double.toString(x[0] * 3 + x[1] * x[2]));
        if (i % 5 == 4) {
          bench.send(withoutLabel(event));
          whole.send(withoutLabel(event));
        } else {
          bench.send(event);
          whole.send(event);
        }
        if (i % 10 == 9) {
          bench.send(label("n" + (i - 5), "m", "2.5"));
          whole.send(label("n" + (i - 5), "m", "2.5"));
        }
      }
      bench.send(event("bad", "m", new double[] {1, 1, 1}, "not a number"));
      whole.send(event("bad", "m", new double[] {1, 1, 1}, "not a number"));
      assertEquals(whole.exactPredictions(), bench.exactPredictions());
      assertEquals(whole.reasons(), bench.reasons());
      assertEquals(whole.figures().mae(), bench.figures().mae());
      assertEquals(whole.figures().coverage(), bench.figures().coverage());
    }
  }

  @Test
  void theGaugesOfTheHalfThatCombinesAreThoseOfOneOperator() throws Exception {
    final LearnerConfig config = config(TREES);
    try (DividedBench bench = new DividedBench(config, 2);
        Workbench whole = new Workbench(config)) {
      for (int i = 0; i < 50; i++) {
        bench.send(event(i, "m"));
        whole.send(event(i, "m"));
      }
      final LearnerGauges.Figures one = whole.figures();
      final LearnerGauges.Figures divided = bench.figures();
      assertEquals(one.events(), divided.events());
      assertEquals(one.labelled(), divided.labelled());
      assertEquals(one.accuracy(), divided.accuracy());
      assertEquals(one.kappaM(), divided.kappaM());
      assertEquals(one.weightEntropy(), divided.weightEntropy());
      assertEquals(one.expertShare(), divided.expertShare());
      assertTrue(bench.shardCounts().get(0) >= 2 * 50, "" + bench.shardCounts());
      assertEquals(0, bench.shardCounts().get(1));
    }
  }
}
