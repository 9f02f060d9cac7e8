package dev.braid.jobs.operator;

import static dev.braid.jobs.operator.Fixtures.config;
import static dev.braid.jobs.operator.Fixtures.event;
import static dev.braid.jobs.operator.Fixtures.tinyWorkingSet;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.DriftRecord;
import dev.braid.connectors.Event;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.PredictionRecord;
import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.jobs.config.LearnerConfig;
import dev.braid.router.Learner;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Prediction;
import dev.braid.router.Presets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** Predicting, learning and keeping state, on events that bring their labels. */
class LearnerOperatorTest {

  @Test
  void predictsWhatTheLibraryPredicts() throws Exception {
    final LearnerConfig config =
        config("schema.numeric", "a,b", "schema.nominal", "c", "schema.classes", "low,high");
    final Learner learner =
        Presets.open(
            new LearnerSpec("driftmoe-data", 7, config.model().options()),
            new Schema(
                List.of(
                    Feature.numeric("a"),
                    Feature.numeric("b"),
                    Feature.nominal("c", "v" + (int) Fixtures.features(0)[2])),
                List.of("low", "high")));
    final Prediction expected = new Prediction();
    try (Workbench bench = new Workbench(config)) {
      for (int i = 0; i < 200; i++) {
        bench.send(event(i, ""));
      }
      final List<PredictionRecord> predictions = bench.predictions();
      for (int i = 0; i < 200; i++) {
        final double[] x = Fixtures.features(i);
        final String value = "v" + (int) x[2];
        if (learner.schema().valueIndex(2, value) < 0) {
          learner.grow(learner.schema().withValue(2, value));
        }
        x[2] = learner.schema().valueIndex(2, value);
        final int label = learner.schema().classIndex(event(i, "").label());
        learner.testThenTrain(x, label, expected);
        assertArrayEquals(expected.probabilities(), predictions.get(i).probabilities(), "" + i);
        assertArrayEquals(expected.weights(), predictions.get(i).weights(), "" + i);
        assertEquals(i, predictions.get(i).modelVersion());
      }
    }
  }

  @Test
  void firstEventIsPredictedBeforeAnyClassIsKnown() throws Exception {
    try (Workbench bench = new Workbench(config())) {
      bench.send(event(0, ""));
      bench.send(event(1, ""));
      assertNull(bench.predictions().get(0).predicted());
      assertEquals(List.of(), bench.predictions().get(0).classes());
      assertEquals(List.of(event(0, "").label()), bench.predictions().get(1).classes());
      assertEquals(0, bench.deadLetters().size());
    }
  }

  @Test
  void restoredOperatorGoesOnBitForBit() throws Exception {
    final List<String> undisturbed = run(config(), 400, 3, Integer.MAX_VALUE);
    assertEquals(undisturbed, run(config(), 400, 3, 130));
  }

  @Test
  void modelsThatMakeRoomForOthersPredictTheSame() throws Exception {
    final List<String> roomy = run(config(), 300, 7, Integer.MAX_VALUE);
    assertEquals(roomy, run(tinyWorkingSet(config()), 300, 7, Integer.MAX_VALUE));
    assertEquals(roomy, run(tinyWorkingSet(config()), 300, 7, 90));
  }

  /** Predictions of a run over several models that is stopped and restored every so often. */
  private static List<String> run(
      final LearnerConfig config, final int events, final int keys, final int eventsPerLife)
      throws Exception {
    final List<String> predictions = new ArrayList<>();
    Workbench bench = new Workbench(config);
    for (int i = 0; i < events; i++) {
      if (i > 0 && i % eventsPerLife == 0) {
        final OperatorSubtaskState snapshot = bench.snapshot();
        predictions.addAll(bench.exactPredictions());
        bench.close();
        bench = new Workbench(config, snapshot);
      }
      bench.send(event(i, "key" + i * 31 % keys));
    }
    predictions.addAll(bench.exactPredictions());
    bench.close();
    assertEquals(events, predictions.size());
    return predictions;
  }

  private static void resume(final LearnerConfig before, final LearnerConfig after)
      throws Exception {
    final OperatorSubtaskState state;
    try (Workbench bench = new Workbench(before)) {
      bench.send(event(0, ""));
      state = bench.snapshot();
    }
    try (Workbench bench = new Workbench(after, state)) {
      bench.send(event(1, ""));
      assertEquals(1, bench.predictions().size());
    }
  }

  @Test
  void predictionsOfADenseLayerThatComeOrGoAreRefusedUnlessAccepted() throws Exception {
    final String[] schema = {"schema.numeric", "a,b", "schema.classes", "low,high"};
    final String[] predicted = Arrays.copyOf(schema, 6);
    predicted[4] = "dense.layer";
    predicted[5] = "expert=mlp*3";
    final LearnerConfig without = config(schema);
    final LearnerConfig with = config(predicted);
    resume(without, without);
    resume(with, with);
    final String comes = refusal(without, with);
    assertTrue(comes.contains("heard no dense layer's predictions, but"), comes);
    assertTrue(comes.contains("dense.accept-change"), comes);
    final String goes = refusal(with, without);
    assertTrue(goes.contains("heard the predictions of a dense layer, but"), goes);
    final String[] accepted = Arrays.copyOf(predicted, 8);
    accepted[6] = "dense.accept-change";
    accepted[7] = "true";
    resume(without, config(accepted));
  }

  private static String refusal(final LearnerConfig before, final LearnerConfig after) {
    Throwable refused = assertThrows(Exception.class, () -> resume(before, after));
    while (refused.getCause() != null) {
      refused = refused.getCause();
    }
    return refused.getMessage();
  }

  @Test
  void evictionsAreCounted() throws Exception {
    try (Workbench bench = new Workbench(tinyWorkingSet(config()))) {
      for (int i = 0; i < 20; i++) {
        bench.send(event(i, "key" + i % 2));
      }
      assertEquals(19, bench.figures().workingSetEvictions());
      assertEquals(1, bench.figures().models());
    }
  }

  @Test
  void checkpointWritesOnlyTheChunksThatChanged() throws Exception {
    final LearnerConfig inChunks = config("model.options.top-k", "1", "state.pack-below", "0 b");
    try (Workbench bench = new Workbench(inChunks)) {
      for (int i = 0; i < 300; i++) {
        bench.send(event(i, "busy"));
        bench.send(event(i, "idle"));
      }
      bench.snapshot();
      final long all = bench.figures().bytesWritten();
      bench.snapshot();
      assertEquals(all, bench.figures().bytesWritten());
      bench.send(event(300, "busy"));
      bench.snapshot();
      final long one = bench.figures().bytesWritten() - all;
      assertTrue(one > 0 && one < all / 3, one + " of " + all + " bytes");
    }
  }

  @Test
  void metricsComeEverySoManyEventsAndSurviveARestart() throws Exception {
    final OperatorSubtaskState snapshot;
    final double accuracy;
    try (Workbench bench = new Workbench(config())) {
      for (int i = 0; i < 120; i++) {
        bench.send(event(i, ""));
      }
      assertEquals(2, bench.metrics().size());
      accuracy = bench.figures().accuracy();
      snapshot = bench.snapshot();
    }
    try (Workbench bench = new Workbench(config(), snapshot)) {
      assertEquals(accuracy, bench.figures().accuracy());
      assertEquals(120, bench.figures().events());
      for (int i = 120; i < 150; i++) {
        bench.send(event(i, ""));
      }
      final MetricsRecord metrics = bench.metrics().get(0);
      assertEquals(150, metrics.events());
      assertEquals(150, metrics.labelled());
      assertEquals(bench.figures().accuracy(), metrics.classes().accuracy());
      assertEquals(1, metrics.expertShare().values().stream().mapToDouble(d -> d).sum(), 1e-9);
      assertEquals(1, metrics.expertWeight().values().stream().mapToDouble(d -> d).sum(), 1e-9);
      assertTrue(metrics.weightEntropy() > 0 && metrics.weightEntropy() <= 1);
      // Of the first event nothing could be predicted: no class was known.
      assertEquals(149, metrics.classes().confusion().stream().mapToLong(n -> n).sum());
      assertTrue(metrics.classes().logLoss() > metrics.classes().windowLogLoss());
      assertTrue(metrics.classes().kappa() > 0 && metrics.learnerMicros() > 0);
      assertTrue(metrics.stateBytes() > 0);
    }
  }

  @Test
  void driftOfTheErrorIsReported() throws Exception {
    try (Workbench bench = new Workbench(config())) {
      for (int i = 0; i < 3000; i++) {
        final Event event = event(i, "m");
        final boolean swapped = i >= 2000;
        bench.send(
            event("id" + i, "m", Fixtures.features(i), swapped ? opposite(event) : event.label()));
      }
      final List<DriftRecord> alarms =
          bench.drift().stream().filter(drift -> drift.kind().equals("alarm")).toList();
      final DriftRecord last = alarms.get(alarms.size() - 1);
      assertTrue(last.event() > 2000, "at event " + last.event());
      assertTrue(alarms.stream().anyMatch(a -> a.event() > 2000 && a.event() < 2200));
      assertEquals(alarms.size(), bench.figures().drifts());
    }
  }

  private static String opposite(final Event event) {
    return event.label().equals("high") ? "low" : "high";
  }

  private static OperatorSubtaskState stateOf(final LearnerConfig config) throws Exception {
    try (Workbench bench = new Workbench(config)) {
      for (int i = 0; i < 100; i++) {
        bench.send(event(i, ""));
      }
      return bench.snapshot();
    }
  }

  private static String refusal(final LearnerConfig config, final OperatorSubtaskState state) {
    return assertThrows(Exception.class, () -> new Workbench(config, state).close())
        .getCause()
        .getMessage();
  }

  @Test
  void stateOfOtherModelsIsRefusedByName() throws Exception {
    final OperatorSubtaskState state = stateOf(config());
    final String message =
        refusal(config("model.seed", "8", "model.options.experts", "hoeffding-tree*5"), state);
    assertTrue(message.contains("seed was 7 and is now 8"), message);
    assertTrue(
        message.contains(
            "option 'experts' was 'hoeffding-tree(grace-period=50)*4' and is now 'hoeffding-tree*5'"),
        message);
    final LearnerConfig braid =
        LearnerConfig.of(Map.of("model.preset", "braid", "model.seed", "7"));
    assertTrue(refusal(braid, state).contains("preset was 'driftmoe-data' and is now 'braid'"));
  }

  @Test
  void configurationThatMeansTheSameResumes() throws Exception {
    final LearnerConfig same =
        config("model.options.temperature", "8e-1", "model.options.dropout", "0");
    assertEquals(go(config(), config()), go(config(), same));
  }

  @Test
  void optionThatMayChangeTakesEffectOnSavedModels() throws Exception {
    final LearnerConfig sharper = config("model.options.temperature", "0.1");
    assertNotEquals(go(config(), config()), go(config(), sharper));
  }

  /** Predictions of a restored operator. */
  private static List<String> go(final LearnerConfig before, final LearnerConfig after)
      throws Exception {
    try (Workbench bench = new Workbench(after, stateOf(before))) {
      for (int i = 100; i < 150; i++) {
        bench.send(event(i, ""));
      }
      return bench.exactPredictions();
    }
  }
}
