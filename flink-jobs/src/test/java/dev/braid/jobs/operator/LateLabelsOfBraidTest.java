package dev.braid.jobs.operator;

import static dev.braid.jobs.operator.Fixtures.event;
import static dev.braid.jobs.operator.Fixtures.labelOf;
import static dev.braid.jobs.operator.Fixtures.withoutLabel;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.braid.connectors.PredictionRecord;
import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.jobs.config.LearnerConfig;
import dev.braid.router.Learner;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Prediction;
import dev.braid.router.Presets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** Late labels teach a learner with what its experts said when they had to predict. */
class LateLabelsOfBraidTest {
  private static final int EVENTS = 1_600;
  private static final int DELAY = 1_000;
  private static final Map<String, String> OPTIONS =
      Map.of(
          "experts",
          "adaptive-tree(subspace=leaf|tree,split-confidence=0.01)*2+knn(50)"
              + "+naive-bayes(100|1000|10000)*3+last-label+crossed-linear+replay-network",
          "combine",
          "log-opinion-pool+stacking-net(hidden=4,remembered=64)");

  private static LearnerConfig config(final String... keysAndValues) {
    final Map<String, String> values = new HashMap<>();
    values.put("model.preset", "braid");
    values.put("model.seed", "7");
    values.put("schema.numeric", "a,b");
    values.put("schema.nominal", "c");
    values.put("schema.classes", "low,high");
    OPTIONS.forEach((name, value) -> values.put("model.options." + name, value));
    for (int i = 0; i < keysAndValues.length; i += 2) {
      values.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return LearnerConfig.of(values);
  }

  /** The order of the benchmark's harness: the label of event t comes after event t + delay. */
  private static List<PredictionRecord> operator(
      final LearnerConfig config, final int eventsPerLife) throws Exception {
    final List<PredictionRecord> predictions = new ArrayList<>();
    Workbench bench = new Workbench(config);
    for (int i = 0; i < EVENTS; i++) {
      if (i > 0 && i % eventsPerLife == 0) {
        final OperatorSubtaskState state = bench.snapshot();
        predictions.addAll(bench.predictions());
        bench.close();
        bench = new Workbench(config, state);
      }
      bench.send(withoutLabel(event(i, "m")));
      if (i >= DELAY) {
        bench.send(labelOf(event(i - DELAY, "m")));
      }
    }
    predictions.addAll(bench.predictions());
    bench.close();
    return predictions;
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Predicted(double[] x, int label, Prediction then) {}

  private static List<double[]> library() {
    final Learner learner =
        Presets.open(
            new LearnerSpec("braid", 7, OPTIONS),
            new Schema(
                List.of(
                    Feature.numeric("a"),
                    Feature.numeric("b"),
                    Feature.nominal("c", "v" + (int) Fixtures.features(0)[2])),
                List.of("low", "high")));
    final List<double[]> probabilities = new ArrayList<>();
    final ArrayDeque<Predicted> waiting = new ArrayDeque<>();
    for (int i = 0; i < EVENTS; i++) {
      final double[] x = Fixtures.features(i);
      final String value = "v" + (int) x[2];
      if (learner.schema().valueIndex(2, value) < 0) {
        learner.grow(learner.schema().withValue(2, value));
      }
      final int label = learner.schema().classIndex(Fixtures.label(x));
      x[2] = learner.schema().valueIndex(2, value);
      final Prediction then = new Prediction();
      learner.predict(x, then);
      probabilities.add(then.probabilities().clone());
      waiting.addLast(new Predicted(x, label, then));
      if (i >= DELAY) {
        final Predicted oldest = waiting.removeFirst();
        learner.learn(oldest.x(), oldest.label(), oldest.then());
      }
    }
    return probabilities;
  }

  @Test
  void labelsAThousandEventsLateTeachWhatTheyTeachInTheLibrary() throws Exception {
    final List<double[]> expected = library();
    final List<PredictionRecord> predictions = operator(config(), Integer.MAX_VALUE);
    for (int i = 0; i < EVENTS; i++) {
      assertArrayEquals(expected.get(i), predictions.get(i).probabilities(), "event " + i);
    }
  }

  @Test
  void aRestartInBetweenChangesNoBit() throws Exception {
    assertEquals(
        operator(config(), Integer.MAX_VALUE).stream().map(Workbench::exact).toList(),
        operator(config(), 450).stream().map(Workbench::exact).toList());
  }

  @Test
  void predictionsBeyondTheBoundAreNotKept() throws Exception {
    final List<String> bounded =
        operator(config("labels.prediction-bytes", "8"), Integer.MAX_VALUE).stream()
            .map(Workbench::exact)
            .toList();
    final List<String> off =
        operator(config("labels.prediction-bytes", "0"), 450).stream()
            .map(Workbench::exact)
            .toList();
    assertEquals(off, bounded);
    assertNotEquals(
        operator(config(), Integer.MAX_VALUE).stream().map(Workbench::exact).toList(), off);
  }
}
