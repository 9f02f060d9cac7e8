package dev.braid.jobs.operator;

import static dev.braid.jobs.operator.Fixtures.config;
import static dev.braid.jobs.operator.Fixtures.event;
import static dev.braid.jobs.operator.Fixtures.tinyWorkingSet;
import static dev.braid.jobs.operator.Fixtures.withoutLabel;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.jobs.config.LearnerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Small models lie in one entry of the state backend, larger ones in chunks. */
class PackedModelsTest {
  private static final int EVENTS = 300;
  private static final int KEYS = 5;

  private static LearnerConfig packed(final String below) {
    return tinyWorkingSet(config("state.pack-below", below));
  }

  /** Predictions of a run that is stopped in between and goes on under another configuration. */
  private static List<String> run(final LearnerConfig before, final LearnerConfig after)
      throws Exception {
    final List<String> predictions = new ArrayList<>();
    final OperatorSubtaskState state;
    try (Workbench bench = new Workbench(before)) {
      send(bench, 0, EVENTS / 2);
      state = bench.snapshot();
      predictions.addAll(bench.exactPredictions());
    }
    try (Workbench bench = new Workbench(after, state)) {
      send(bench, EVENTS / 2, EVENTS);
      predictions.addAll(bench.exactPredictions());
    }
    return predictions;
  }

  private static void send(final Workbench bench, final int from, final int to) throws Exception {
    for (int i = from; i < to; i++) {
      bench.send(event(i, "k" + i % KEYS));
    }
  }

  @Test
  void modelsPredictTheSameInOneEntryAndInChunksAndWhileTheyMove() throws Exception {
    final List<String> inChunks = run(packed("0 b"), packed("0 b"));
    assertEquals(EVENTS, inChunks.size());
    assertEquals(inChunks, run(packed("64 kb"), packed("64 kb")));
    assertEquals(inChunks, run(packed("64 kb"), packed("0 b")));
    assertEquals(inChunks, run(packed("0 b"), packed("64 kb")));
  }

  /** What is saved of a model that only predicted so far is all of it, in chunks as in a pack. */
  @ParameterizedTest
  @MethodSource("dev.braid.router.Presets#names")
  void modelThatHasLearnedNothingRestores(final String preset) throws Exception {
    for (final String below : List.of("0 b", "64 kb", "16 mb")) {
      final LearnerConfig config = ofPreset(preset, below);
      final OperatorSubtaskState state;
      final List<String> predictions;
      try (Workbench bench = new Workbench(config)) {
        bench.send(withoutLabel(event(0, "k")));
        state = bench.snapshot();
        send(bench, 1, 100);
        predictions = bench.exactPredictions();
      }
      try (Workbench bench = new Workbench(config, state)) {
        send(bench, 1, 100);
        assertEquals(predictions.subList(1, 100), bench.exactPredictions(), preset + ", " + below);
      }
    }
  }

  private static LearnerConfig ofPreset(final String preset, final String below) {
    return LearnerConfig.of(Map.of("model.preset", preset, "state.pack-below", below));
  }

  @Test
  void aSmallModelHasOneEntryAndAGrownOneHasChunks() throws Exception {
    try (Workbench bench = new Workbench(packed("4 kb"))) {
      send(bench, 0, KEYS);
      bench.snapshot();
      assertEquals(KEYS, bench.entries(ModelStore.SESSIONS));
      assertEquals(0, bench.entries(ModelStore.CHUNKS));
      for (int i = 0; i < 300; i++) {
        bench.send(event(i, "k0"));
      }
      bench.snapshot();
      assertEquals(1, bench.entries(ModelStore.CHUNKS));
      assertEquals(KEYS, bench.entries(ModelStore.SESSIONS));
    }
  }

  @Test
  void modelsOfAnEarlierRunInChunksArePackedWhenTheyAreWritten() throws Exception {
    final OperatorSubtaskState state;
    try (Workbench bench = new Workbench(config("state.pack-below", "0 b"))) {
      send(bench, 0, 20);
      state = bench.snapshot();
      assertEquals(KEYS, bench.entries(ModelStore.CHUNKS));
    }
    try (Workbench bench = new Workbench(config(), state)) {
      send(bench, 20, 40);
      bench.snapshot();
      assertEquals(0, bench.entries(ModelStore.CHUNKS));
    }
  }

  @Test
  void checkpointWritesTheModelsThatWereUsed() throws Exception {
    try (Workbench bench = new Workbench(config())) {
      for (int i = 0; i < 200; i++) {
        bench.send(event(i, "k" + i % 20));
      }
      bench.snapshot();
      final long all = bench.figures().bytesWritten();
      bench.snapshot();
      assertEquals(all, bench.figures().bytesWritten());
      bench.send(event(200, "k0"));
      bench.send(event(201, "k1"));
      bench.snapshot();
      final double share = (double) (bench.figures().bytesWritten() - all) / all;
      assertEquals(0.1, share, 0.02);
    }
  }
}
