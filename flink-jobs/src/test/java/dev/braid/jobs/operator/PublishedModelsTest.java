package dev.braid.jobs.operator;

import static dev.braid.jobs.operator.Fixtures.config;
import static dev.braid.jobs.operator.Fixtures.event;
import static dev.braid.jobs.operator.Fixtures.tinyWorkingSet;
import static dev.braid.jobs.operator.Fixtures.withoutLabel;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.ModelRecord;
import dev.braid.jobs.config.LearnerConfig;
import dev.braid.jobs.publish.CheckpointEnd;
import dev.braid.jobs.publish.ModelKey;
import dev.braid.jobs.publish.ModelLog;
import dev.braid.jobs.publish.PublishedModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is published at a checkpoint is what a restore of that checkpoint gives, to the bit. */
class PublishedModelsTest {
  private static final int KEYS = 4;

  private final Map<String, PublishedModel> models = new TreeMap<>();
  private final ModelLog log = new ModelLog(Long.MAX_VALUE, this::accept);

  private void accept(final String key, final PublishedModel model) {
    if (model == null) {
      models.remove(key);
    } else {
      models.put(key, model);
    }
  }

  private static LearnerConfig publishing(final String packBelow) {
    return config("state.pack-below", packBelow, "kafka.models-topic", "models");
  }

  private static void send(final Workbench bench, final int from, final int to) throws Exception {
    for (int i = from; i < to; i++) {
      bench.send(event(i, "k" + i % KEYS));
    }
  }

  private void read(final List<ModelRecord> records) {
    records.forEach(record -> log.add(record.key(), record.value()));
  }

  /** What models restored from a checkpoint say, and what the published ones do. */
  private void assertSame(final LearnerConfig config, final OperatorSubtaskState state)
      throws Exception {
    try (Workbench restored = new Workbench(config, state)) {
      final List<String> published = new ArrayList<>();
      for (int i = 1_000; i < 1_040; i++) {
        final String key = "k" + i % KEYS;
        restored.send(withoutLabel(event(i, key)));
        final PublishedModel model = models.get(key);
        final FixedModel fixed = new FixedModel(model.restore(), model.table().version());
        published.add(Workbench.exact(fixed.predict(event(i, key), key)));
      }
      assertEquals(restored.exactPredictions(), published);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0 b", "64 kb"})
  void publishedModelsPredictAsThoseOfTheCheckpoint(final String packBelow) throws Exception {
    for (final LearnerConfig config :
        List.of(publishing(packBelow), tinyWorkingSet(publishing(packBelow)))) {
      models.clear();
      try (Workbench bench = new Workbench(config)) {
        int seen = 0;
        for (int checkpoint = 1; checkpoint <= 3; checkpoint++) {
          send(bench, 200 * (checkpoint - 1), 200 * checkpoint);
          final OperatorSubtaskState state = bench.snapshot();
          // Events after the barrier are of the next checkpoint, whatever is saved meanwhile.
          final List<ModelRecord> all = bench.published();
          read(all.subList(seen, all.size()));
          seen = all.size();
          assertEquals(KEYS, models.size());
          assertSame(config, state);
        }
      }
    }
  }

  @Test
  void checkpointIsNotSeenBeforeItsEnd() throws Exception {
    try (Workbench bench = new Workbench(publishing("0 b"))) {
      send(bench, 0, 100);
      bench.snapshot();
      final List<ModelRecord> records = bench.published();
      read(records.subList(0, records.size() - 1));
      assertEquals(0, models.size());
      assertTrue(log.waiting() > KEYS);
      read(records.subList(records.size() - 1, records.size()));
      assertEquals(KEYS, models.size());
      assertEquals(0, log.waiting());
    }
  }

  @Test
  void onlyWhatChangedIsPublishedAgain() throws Exception {
    try (Workbench bench = new Workbench(publishing("0 b"))) {
      send(bench, 0, 400);
      bench.snapshot();
      final int first = bench.published().size();
      bench.send(event(400, "k1"));
      bench.snapshot();
      final List<ModelRecord> second = bench.published().subList(first, bench.published().size());
      assertTrue(
          second.stream()
              .map(record -> ModelKey.parse(record.key()).model())
              .allMatch(key -> key.equals("k1") || key.isEmpty()),
          second::toString);
      assertTrue(second.size() < first / 2, second.size() + " of " + first);
    }
  }

  /** A compacted topic holds the newest record of each key, in the order of their last writing. */
  @Test
  void compactedTopicHoldsTheModels() throws Exception {
    final LearnerConfig config = publishing("0 b");
    try (Workbench bench = new Workbench(config)) {
      for (int checkpoint = 0; checkpoint < 3; checkpoint++) {
        send(bench, 150 * checkpoint, 150 * checkpoint + 150);
        bench.snapshot();
      }
      bench.send(event(450, "k2"));
      final OperatorSubtaskState state = bench.snapshot();
      final Map<String, ModelRecord> newest = new LinkedHashMap<>();
      for (final ModelRecord record : bench.published()) {
        newest.remove(record.key());
        newest.put(record.key(), record);
      }
      read(List.copyOf(newest.values()));
      assertSame(config, state);
      assertEquals(0, log.incomplete());
    }
  }

  /** Chunks were compacted away that a table still names: the model of before stays. */
  @Test
  void modelWithoutAllItsChunksStaysAsItWas() throws Exception {
    final LearnerConfig config = publishing("0 b");
    try (Workbench bench = new Workbench(config)) {
      send(bench, 0, 200);
      final OperatorSubtaskState first = bench.snapshot();
      final int seen = bench.published().size();
      read(bench.published());
      send(bench, 200, 400);
      bench.snapshot();
      final List<ModelRecord> second =
          new ArrayList<>(bench.published().subList(seen, bench.published().size()));
      final Map<String, Integer> gone = new HashMap<>();
      second.removeIf(
          record -> {
            final ModelKey key = ModelKey.parse(record.key());
            return key.part() >= 0 && gone.merge(key.model(), 1, Integer::sum) == 1;
          });
      read(second);
      assertEquals(KEYS, log.incomplete());
      assertSame(config, first);
    }
  }

  /** Subtasks need not end their checkpoints in step. */
  @Test
  void checkpointsThatOverlapAreSeenOneAfterTheOther() throws Exception {
    try (Workbench bench = new Workbench(publishing("0 b"))) {
      send(bench, 0, 100);
      bench.snapshot();
      final List<ModelRecord> first = bench.published();
      final int records = first.size();
      send(bench, 100, 200);
      bench.snapshot();
      final List<ModelRecord> second = bench.published().subList(records, bench.published().size());
      final CheckpointEnd one = CheckpointEnd.read(first.get(records - 1).value());
      final CheckpointEnd two = CheckpointEnd.read(second.get(second.size() - 1).value());
      read(first.subList(0, records - 1));
      read(List.of(of(one, 0)));
      read(second.subList(0, second.size() - 1));
      read(List.of(of(two, 0)));
      assertEquals(0, models.size());
      read(List.of(of(one, 1)));
      assertEquals(100, models.values().stream().mapToLong(m -> m.table().version()).sum());
      read(List.of(of(two, 1)));
      assertEquals(200, models.values().stream().mapToLong(m -> m.table().version()).sum());
    }
  }

  private static ModelRecord of(final CheckpointEnd end, final int subtask) {
    return new CheckpointEnd(end.moment(), end.time(), subtask, 2).record();
  }

  @Test
  void modelsBeyondTheBoundAreLeftOutUntilTheyArePublishedAsAWholeAndFit() throws Exception {
    final LearnerConfig config = publishing("0 b");
    final OperatorSubtaskState state;
    final ModelLog narrow;
    try (Workbench bench = new Workbench(config)) {
      send(bench, 0, 400);
      bench.snapshot();
      read(bench.published());
      final long all = models.values().stream().mapToLong(PublishedModel::bytes).sum();
      models.clear();
      narrow = new ModelLog(all - 1, this::accept);
      bench.published().forEach(record -> narrow.add(record.key(), record.value()));
      assertEquals(KEYS - 1, models.size());
      assertEquals(1, narrow.leftOut());
      final int seen = bench.published().size();
      send(bench, 400, 440);
      state = bench.snapshot();
      final List<ModelRecord> changed = bench.published();
      changed.subList(seen, changed.size()).forEach(r -> narrow.add(r.key(), r.value()));
      assertEquals(KEYS, models.size() + narrow.leftOut());
      for (int i = 0; i < KEYS; i++) {
        assertEquals(!models.containsKey("k" + i), narrow.isLeftOut("k" + i));
      }
    }
    models.clear();
    final ModelLog roomy = new ModelLog(1 << 30, this::accept);
    try (Workbench bench = new Workbench(config, state)) {
      final OperatorSubtaskState again = bench.snapshot();
      bench.published().forEach(record -> roomy.add(record.key(), record.value()));
      assertEquals(0, roomy.leftOut());
      assertSame(config, again);
    }
  }

  @Test
  void modelsOfASavepointReplaceThoseThatWereLearnedAfterIt() throws Exception {
    final LearnerConfig config = publishing("0 b");
    final OperatorSubtaskState savepoint;
    try (Workbench bench = new Workbench(config)) {
      send(bench, 0, 200);
      savepoint = bench.snapshot();
      send(bench, 200, 400);
      bench.send(event(401, "later"));
      bench.snapshot();
      read(bench.published());
    }
    assertTrue(models.containsKey("later"));
    // The harness gives every job an id of its own: this is another run.
    try (Workbench bench = new Workbench(config, savepoint)) {
      final OperatorSubtaskState again = bench.snapshot();
      read(bench.published());
      assertEquals(List.of("k0", "k1", "k2", "k3"), List.copyOf(models.keySet()));
      assertSame(config, again);
    }
  }

  @Test
  void modelThatIdledLeavesTheTopic() throws Exception {
    final LearnerConfig config =
        config(
            "state.pack-below", "0 b", "kafka.models-topic", "models", "state.expire-after", "1 h");
    try (Workbench bench = new Workbench(config)) {
      send(bench, 0, 100);
      bench.snapshot();
      bench.clock(7_200_001);
      bench.snapshot();
      read(bench.published());
      assertEquals(Map.of(), models);
      final Map<String, byte[]> newest = new HashMap<>();
      bench.published().forEach(record -> newest.put(record.key(), record.value()));
      newest.values().removeIf(value -> value == null);
      assertEquals(1, newest.size(), newest.keySet()::toString);
    }
  }

  @Test
  void endOfTheInputIsPublished() throws Exception {
    final LearnerConfig config = publishing("64 kb");
    try (Workbench bench = new Workbench(config)) {
      send(bench, 0, 200);
      bench.finish();
      final int published = bench.published().size();
      final OperatorSubtaskState state = bench.snapshot();
      assertEquals(published, bench.published().size());
      read(bench.published());
      assertSame(config, state);
    }
  }

  @Test
  void nothingIsPublishedUnlessAskedFor() throws Exception {
    try (Workbench bench = new Workbench(config())) {
      send(bench, 0, 20);
      bench.snapshot();
      assertEquals(List.of(), bench.published());
    }
  }
}
