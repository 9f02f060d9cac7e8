package dev.braid.benchmarks.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.PredictionRecord;
import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.jobs.config.LearnerConfig;
import dev.braid.jobs.inspect.SavepointTotals;
import dev.braid.router.Learner;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Prediction;
import dev.braid.router.Presets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Thousands of models of which a few dozen fit the heap, on a real cluster over RocksDB. */
@Timeout(300)
class ManyModelsTest {
  private static final Map<String, PredictionRecord> PREDICTIONS = new ConcurrentHashMap<>();
  private static final Map<String, PredictionRecord> REPEATED = new ConcurrentHashMap<>();

  @TempDir Path folder;

  /** Keeps every prediction, and those that came twice apart. */
  private static final class Keep implements MapFunction<PredictionRecord, PredictionRecord> {
    private static final long serialVersionUID = 1L;

    @Override
    public PredictionRecord map(final PredictionRecord value) {
      if (PREDICTIONS.put(value.id(), value) != null) {
        REPEATED.put(value.id(), value);
      }
      return value;
    }
  }

  @Test
  void everyModelPredictsWhatTheLibraryDoesAcrossRescalesAndAWorkingSetFarTooSmall()
      throws Exception {
    final List<SavepointTotals> totals = predict(new Traffic(2_000, 0), ModelsJob.SMALL, 2);
    final SavepointTotals last = totals.get(totals.size() - 1);
    assertTrue(last.models() > 0.9 * 2_000, last.toString());
    assertTrue(last.bytes() > 8 << 20, last.toString());
  }

  /** Their state is too large for more than a few to be in memory at a time. */
  @Test
  void soDoModelsThatAreYoungAndGrowUp() throws Exception {
    final List<SavepointTotals> totals =
        predict(
            new Traffic(60, 0), Map.of("experts", "crossed-linear+naive-bayes+replay-network"), 16);
    assertTrue(totals.get(2).bytes() > 60 * (8 << 10), totals.toString());
  }

  /**
   * Runs jobs one after the other and compares what they predict with what the library does.
   *
   * @param options of the models
   * @param events of each model in each job, on the average
   * @return what the savepoint of each job holds
   */
  private List<SavepointTotals> predict(
      final Traffic traffic, final Map<String, String> options, final int events) throws Exception {
    PREDICTIONS.clear();
    REPEATED.clear();
    final LearnerConfig config = ModelsJob.config("1 mb", "64 kb", options);
    final ModelsJob models = new ModelsJob(traffic, Duration.ofSeconds(1));
    final List<SavepointTotals> totals = new ArrayList<>();
    try (ModelsCluster cluster = ModelsCluster.start(folder, 256)) {
      String savepoint = null;
      for (final int slots : new int[] {1, 2, 4}) {
        final int before = PREDICTIONS.size();
        final StreamExecutionEnvironment environment = cluster.environment();
        models.learners(environment, slots, savepoint, config, new Keep());
        final JobClient job = environment.executeAsync("models");
        while (PREDICTIONS.size() < before + events * traffic.keys()) {
          assertTrue(!job.getJobStatus().get().isGloballyTerminalState(), "the job ended");
          Thread.sleep(20);
        }
        savepoint = cluster.stop(job);
        totals.add(SavepointTotals.of(savepoint));
      }
    }
    assertEquals(Map.of(), REPEATED);
    compareWithTheLibrary(traffic, config);
    return totals;
  }

  private static void compareWithTheLibrary(final Traffic traffic, final LearnerConfig config) {
    final Schema schema =
        new Schema(
            List.of(Feature.numeric("a"), Feature.numeric("b"), Feature.numeric("c")),
            List.of("low", "high"));
    final LearnerSpec spec = config.spec();
    final Map<Integer, Learner> learners = new HashMap<>();
    final Prediction expected = new Prediction();
    for (int i = 0; i < PREDICTIONS.size(); i++) {
      final int key = traffic.key(i);
      final Learner learner = learners.computeIfAbsent(key, k -> Presets.open(spec, schema));
      final double[] x = traffic.features(i);
      learner.testThenTrain(x, schema.classIndex(traffic.label(key, x)), expected);
      final PredictionRecord prediction = PREDICTIONS.get("e" + i);
      assertEquals("k" + key, prediction.key(), "event " + i);
      assertArrayEquals(expected.probabilities(), prediction.probabilities(), "event " + i);
    }
    assertNull(PREDICTIONS.get("e" + PREDICTIONS.size()), "an event is missing in between");
  }
}
