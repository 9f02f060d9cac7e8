package dev.braid.jobs.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.Decoded;
import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.Origin;
import dev.braid.jobs.config.ConfigException;
import dev.braid.jobs.config.JobConfig;
import dev.braid.jobs.config.LearnerConfig;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Models in shards say what whole ones say, byte for byte, over real exchanges and RocksDB. */
@Timeout(300)
class DividedModelsTest {
  private static LearnerConfig config(final String... keysAndValues) {
    final Map<String, String> values = new HashMap<>();
    values.put("metrics.every", "50");
    values.put("drift.detector", "adwin");
    for (int i = 0; i < keysAndValues.length; i += 2) {
      values.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return LearnerConfig.of(values);
  }

  /** Records as they come in one topic: some labels with their events, some late, some early. */
  private static List<Decoded> records(final int events, final int keys) {
    final List<Decoded> records = new ArrayList<>();
    final Deque<LabelRecord> late = new ArrayDeque<>();
    final SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < events; i++) {
      final String key = keys == 1 ? "" : "k" + random.nextInt(keys);
      final double a = random.nextDouble() * (i % 131 == 7 ? 1e7 : 1);
      final double b = random.nextDouble();
      final boolean more = i > events / 3;
      final String[] names =
          more ? new String[] {"a", "b", "c", "d"} : new String[] {"a", "b", "c"};
      final double[] numbers =
          more ? new double[] {a, b, Double.NaN, i} : new double[] {a, b, Double.NaN};
      final String[] texts = new String[names.length];
      texts[2] = "v" + random.nextInt(1 + i * 6 / events);
      final String label =
          i > events / 2 && b > 0.85 ? "new" : (i < 2 * events / 3 ? a : b) > 0.5 ? "high" : "low";
      final String id = "e" + i;
      final boolean labelled = i % 3 != 0;
      final LabelRecord itself = new LabelRecord(id, key, i, label, origin(i));
      if (i % 30 == 3) {
        records.add(itself);
      }
      records.add(new Event(id, key, i, names, numbers, texts, labelled ? label : null, origin(i)));
      if (i % 50 == 11) {
        records.add(records.get(records.size() - 1));
      }
      if (!labelled && i % 30 != 3 && i % 9 != 0) {
        late.add(itself);
      }
      if (late.size() > 25) {
        records.add(late.remove());
      }
    }
    return records;
  }

  private static Origin origin(final int i) {
    return new Origin("t", 0, i, null, ("record " + i).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void oneModelSaysTheSameInAnyNumberOfShards() throws Exception {
    final List<Decoded> records = records(1_200, 1);
    final LearnerConfig config = config("state.deduplicate-for", "1 h");
    final Map<String, List<String>> whole = DividedJobs.said(records, config, 0, 1);
    assertEquals(1_200, whole.get("prediction ").size());
    assertTrue(whole.get("metrics ").size() > 20);
    assertTrue(whole.get("drift ").size() > 0);
    assertTrue(whole.get("dead letter").size() > 20);
    DividedJobs.assertSame(whole, DividedJobs.said(records, config, 1, 1));
    DividedJobs.assertSame(whole, DividedJobs.said(records, config, 2, 2));
    DividedJobs.assertSame(whole, DividedJobs.said(records, config, 3, 4));
    DividedJobs.assertSame(whole, DividedJobs.said(records, config, 5, 3));
  }

  @Test
  void manyModelsSayTheSameThoughFewFitOnTheHeap() throws Exception {
    final List<Decoded> records = records(900, 6);
    final LearnerConfig config =
        config(
            "model.options.experts",
            "adaptive-tree(subspace=leaf,split-confidence=0.01)*3+naive-bayes+last-label",
            "state.working-set",
            "1 mb",
            "state.pack-below",
            "2 kb");
    final Map<String, List<String>> whole = DividedJobs.said(records, config, 0, 2);
    DividedJobs.assertSame(whole, DividedJobs.said(records, config, 2, 3));
    DividedJobs.assertSame(whole, DividedJobs.said(records, config, 3, 2));
  }

  @Test
  void shardsThatCannotBeAreRefusedAtTheStart() {
    assertEquals(
        "Configuration key 'job.shards': preset 'driftmoe-data' cannot be divided: the router chooses"
            + " who learns an event, and has to have learned the one before.",
        assertThrows(
                ConfigException.class,
                () -> JobConfig.of(Map.of("job.shards", "2", "model.preset", "driftmoe-data")))
            .getMessage());
    assertEquals(
        "Configuration key 'job.shards': a pool of 1 group of experts cannot be divided into 2"
            + " shards.",
        assertThrows(
                ConfigException.class,
                () -> JobConfig.of(Map.of("job.shards", "2", "model.options.experts", "knn")))
            .getMessage());
    assertEquals(
        "Configuration key 'job.shards': models in shards are not published: set it to 1, or leave"
            + " kafka.models-topic empty.",
        assertThrows(
                ConfigException.class,
                () -> JobConfig.of(Map.of("job.shards", "2", "kafka.models-topic", "models")))
            .getMessage());
  }
}
