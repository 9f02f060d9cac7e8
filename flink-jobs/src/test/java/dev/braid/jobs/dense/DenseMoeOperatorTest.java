package dev.braid.jobs.dense;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.type.RecordTypes;
import dev.braid.jobs.config.JobConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** The operator over RocksDB in Flink's own test harness, without a cluster. */
class DenseMoeOperatorTest {
  private static final int KEY_GROUPS = 128;

  private static final class Bench implements AutoCloseable {
    private final KeyedTwoInputStreamOperatorTestHarness<Integer, Event, LabelRecord, Event>
        harness;
    private long checkpoint;

    Bench(final JobConfig config, final OperatorSubtaskState state) throws Exception {
      this(config, state, 1, 0);
    }

    Bench(
        final JobConfig config,
        final OperatorSubtaskState state,
        final int parallelism,
        final int subtask)
        throws Exception {
      this(config, state, parallelism, subtask, 0);
    }

    Bench(
        final JobConfig config,
        final OperatorSubtaskState state,
        final int parallelism,
        final int subtask,
        final long time)
        throws Exception {
      final DenseLayers layers = new DenseLayers(config.dense().layers(), KEY_GROUPS);
      harness =
          new KeyedTwoInputStreamOperatorTestHarness<>(
              new LabelledDenseMoeOperator(config),
              layers::of,
              layers::of,
              Types.INT,
              KEY_GROUPS,
              parallelism,
              subtask);
      harness.setStateBackend(new EmbeddedRocksDBStateBackend());
      harness.setup(
          RecordTypes.EVENT.createSerializer(harness.getExecutionConfig().getSerializerConfig()));
      harness.setProcessingTime(time);
      if (state != null) {
        harness.initializeState(state);
      }
      harness.open();
    }

    /** The clock on the wall, in milliseconds. */
    void setTime(final long time) throws Exception {
      harness.setProcessingTime(time);
    }

    void send(final Event event) throws Exception {
      harness.processElement1(new StreamRecord<>(event));
    }

    void send(final LabelRecord label) throws Exception {
      harness.processElement2(new StreamRecord<>(label));
    }

    OperatorSubtaskState snapshot() throws Exception {
      checkpoint++;
      harness.getOperator().prepareSnapshotPreBarrier(checkpoint);
      return harness.snapshot(checkpoint, checkpoint);
    }

    List<Event> events() {
      return harness.extractOutputValues();
    }

    List<String> exact() {
      return events().stream().map(DenseRows::exact).toList();
    }

    @Override
    public void close() {
      try {
        harness.close();
      } catch (final Exception e) {
        throw new IllegalStateException("the operator does not close", e);
      }
    }
  }

  private static List<String> undisturbed(final JobConfig config, final int events)
      throws Exception {
    try (Bench bench = new Bench(config, null)) {
      for (int i = 0; i < events; i++) {
        bench.send(DenseRows.event(i, "k" + i % 9));
      }
      bench.snapshot();
      return bench.exact();
    }
  }

  @Test
  void aFailureInMidBatchChangesNoBit() throws Exception {
    final JobConfig config = DenseRows.config();
    final List<String> all = new ArrayList<>();
    OperatorSubtaskState state = null;
    for (int from = 0; from < 400; from += 100) {
      try (Bench bench = new Bench(config, state)) {
        for (int i = from; i < from + 100; i++) {
          bench.send(DenseRows.event(i, "k" + i % 9));
        }
        state = bench.snapshot();
        all.addAll(bench.exact());
        // What comes behind the checkpoint is lost with the task.
        for (int i = from + 100; i < from + 130; i++) {
          bench.send(DenseRows.event(i, "k" + i % 9));
        }
      }
    }
    assertEquals(undisturbed(config, 400), all);
  }

  /** Late labels and flushes at timers touch layers whose key is not the current one. */
  @Test
  void expertsThatOnlyRocksDbHasChangeNoBit() throws Exception {
    final Map<String, String> keys =
        Map.of(
            "dense.layer", DenseRows.layer("top-k(2)/balance(0.01)", 6),
            "dense.layers", "3",
            "dense.max-delay", "20 ms");
    final Map<String, String> more = new HashMap<>(keys);
    more.put("dense.expert-memory", "2 kb");
    final List<String> all = withTimers(DenseRows.config(keys), 500);
    assertEquals(500, all.size());
    assertEquals(all, withTimers(DenseRows.config(more), 500));
    assertEquals(all, withTimers(DenseRows.config(more), 60));
  }

  private static List<String> withTimers(final JobConfig config, final int failEvery)
      throws Exception {
    final List<String> all = new ArrayList<>();
    OperatorSubtaskState state = null;
    for (int from = 0; from < 500; from += failEvery) {
      try (Bench bench = new Bench(config, state)) {
        for (int i = from; i < Math.min(500, from + failEvery); i++) {
          bench.send(DenseRows.event(i, "k" + i % 9, i % 4 == 0 ? null : DenseRows.label(i)));
          if (i % 8 == 4) {
            bench.send(DenseRows.labelOf(i - 4, "k" + (i - 4) % 9));
          }
          bench.harness.setProcessingTime(7L * i);
        }
        state = bench.snapshot();
        all.addAll(bench.exact());
      }
    }
    return all.stream().sorted().toList();
  }

  @Test
  void nothingWaitsLongerThanTheLatencyBound() throws Exception {
    try (Bench bench = new Bench(DenseRows.config("dense.max-delay", "20 ms"), null)) {
      bench.harness.setProcessingTime(1_000);
      bench.send(DenseRows.event(0, ""));
      bench.harness.setProcessingTime(1_019);
      bench.send(DenseRows.event(1, ""));
      assertEquals(0, bench.events().size());
      bench.harness.setProcessingTime(1_020);
      assertEquals(2, bench.events().size());
      bench.send(DenseRows.event(2, ""));
      bench.harness.setProcessingTime(1_040);
      assertEquals(3, bench.events().size());
    }
  }

  @Test
  void predictionsThatAreComputedGoOutWithoutAnotherRecord() throws Exception {
    try (Bench bench = new Bench(DenseRows.config("dense.max-delay", "1 h"), null)) {
      for (int i = 0; i < 16; i++) {
        bench.send(DenseRows.event(i, ""));
      }
      bench.harness.getTaskMailbox().take(0).run();
      assertEquals(16, bench.events().size());
    }
  }

  @Test
  void eventsGoAheadOfWatermarksAndOfTheEnd() throws Exception {
    try (Bench bench = new Bench(DenseRows.config(), null)) {
      bench.send(DenseRows.event(0, ""));
      bench.harness.processBothWatermarks(new Watermark(7));
      bench.send(DenseRows.event(1, ""));
      bench.harness.getOperator().finish();
      final List<String> order =
          bench.harness.getOutput().stream()
              .map(o -> o instanceof Watermark ? "mark" : "event")
              .toList();
      assertEquals(List.of("event", "mark", "event"), order);
    }
  }

  @Test
  void aLateLabelTeachesTheLayerWheneverItComes() throws Exception {
    final JobConfig config = DenseRows.config("dense.layer", "expert=mlp(16)*3,learning-rate=0.02");
    final int events = 3_000;
    try (Bench bench = new Bench(config, null)) {
      for (int i = 0; i < events; i++) {
        if (i % 2 == 0) {
          bench.send(DenseRows.labelOf(i, ""));
        }
        bench.send(DenseRows.event(i, "", null));
        if (i % 2 == 1) {
          bench.send(DenseRows.labelOf(i, ""));
        }
      }
      bench.snapshot();
      final List<Event> given = bench.events();
      int right = 0;
      for (int i = events - 500; i < events; i++) {
        final int same = List.of(given.get(i).names()).indexOf("@dense:same");
        final boolean saysSame = given.get(i).numbers()[same] > 0.5;
        right += saysSame == DenseRows.label(i).equals("same") ? 1 : 0;
      }
      assertTrue(right > 400, right + " of 500 right");
    }
  }

  @Test
  void waitingRowsSurviveAFailure() throws Exception {
    final JobConfig config = DenseRows.config();
    final List<String> one = new ArrayList<>();
    final List<String> other = new ArrayList<>();
    lateLabels(config, one, false);
    lateLabels(config, other, true);
    assertEquals(one, other);
  }

  @Test
  void aDowntimeLongerThanTheWaitForLabelsChangesNoBit() throws Exception {
    final JobConfig config = DenseRows.config("labels.max-wait", "60 s");
    final List<String> undisturbed = labelsAfter(config, 0);
    final List<String> afterADay = labelsAfter(config, 86_400_000);
    assertEquals(undisturbed, afterADay);
    final List<String> withoutLabels = new ArrayList<>();
    try (Bench bench = new Bench(config, null)) {
      for (int i = 0; i < 200; i++) {
        bench.send(DenseRows.event(i, "", null));
      }
      bench.snapshot();
      withoutLabels.addAll(bench.exact());
    }
    assertNotEquals(withoutLabels, undisturbed, "the labels teach nothing");
  }

  /**
   * Events at the times 0 and 40 s, then a break, then labels of all of them at 80 s and further
   * events: by then the first 50 have waited too long.
   *
   * @param downtime milliseconds of the break
   */
  private static List<String> labelsAfter(final JobConfig config, final long downtime)
      throws Exception {
    final List<String> said = new ArrayList<>();
    final OperatorSubtaskState state;
    try (Bench first = new Bench(config, null)) {
      for (int i = 0; i < 100; i++) {
        first.setTime(i < 50 ? 0 : 40_000);
        first.send(DenseRows.event(i, "", null));
      }
      state = first.snapshot();
      said.addAll(first.exact());
    }
    try (Bench second = new Bench(config, state, 1, 0, 40_000 + downtime)) {
      second.setTime(80_000 + downtime);
      for (int i = 0; i < 100; i++) {
        second.send(DenseRows.labelOf(i, ""));
      }
      for (int i = 100; i < 200; i++) {
        second.send(DenseRows.event(i, "", null));
      }
      second.snapshot();
      said.addAll(second.exact());
    }
    return said;
  }

  private static void lateLabels(
      final JobConfig config, final List<String> into, final boolean fails) throws Exception {
    final OperatorSubtaskState state;
    try (Bench first = new Bench(config, null)) {
      for (int i = 0; i < 100; i++) {
        first.send(DenseRows.event(i, "", null));
      }
      state = first.snapshot();
      if (!fails) {
        second(first);
      }
      into.addAll(first.exact());
    }
    if (fails) {
      try (Bench second = new Bench(config, state)) {
        second(second);
        into.addAll(second.exact());
      }
    }
  }

  private static void second(final Bench bench) throws Exception {
    for (int i = 0; i < 100; i++) {
      bench.send(DenseRows.labelOf(i, ""));
      bench.send(DenseRows.event(100 + i, ""));
    }
    bench.snapshot();
  }

  @Test
  void layersMoveWithTheirStateWhenTheJobIsRescaled() throws Exception {
    final JobConfig config = DenseRows.config("dense.layers", "4");
    final List<String> given = new ArrayList<>();
    final OperatorSubtaskState state;
    try (Bench one = new Bench(config, null)) {
      for (int i = 0; i < 300; i++) {
        one.send(DenseRows.event(i, "k" + i % 9));
      }
      state = one.snapshot();
      given.addAll(one.exact());
    }
    final DenseLayers layers = new DenseLayers(4, KEY_GROUPS);
    for (int subtask = 0; subtask < 2; subtask++) {
      final OperatorSubtaskState part =
          AbstractStreamOperatorTestHarness.repartitionOperatorState(
              state, KEY_GROUPS, 1, 2, subtask);
      try (Bench half = new Bench(config, part, 2, subtask)) {
        for (int i = 300; i < 600; i++) {
          final Event event = DenseRows.event(i, "k" + i % 9);
          if (subtask(layers.of(event)) == subtask) {
            half.send(event);
          }
        }
        half.snapshot();
        given.addAll(half.exact());
      }
    }
    assertEquals(byId(undisturbed(config, 600)), byId(given));
  }

  private static int subtask(final int layer) {
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(layer, KEY_GROUPS, 2);
  }

  private static Map<String, String> byId(final List<String> events) {
    return events.stream().collect(Collectors.toMap(e -> e.substring(0, e.indexOf(' ')), e -> e));
  }

  @Test
  void layersAreSpreadEvenlyOverTheSubtasks() {
    final DenseLayers layers = new DenseLayers(8, 720);
    final Map<Integer, Long> keys =
        IntStream.range(0, 4_000)
            .mapToObj(i -> layers.of(DenseRows.event(i, "key" + i)))
            .collect(Collectors.groupingBy(n -> n, Collectors.counting()));
    assertEquals(8, keys.size());
    final Map<Integer, Long> perSubtask =
        keys.keySet().stream()
            .collect(
                Collectors.groupingBy(
                    n -> KeyGroupRangeAssignment.assignKeyToParallelOperator(n, 720, 4),
                    Collectors.counting()));
    assertEquals(Map.of(0, 2L, 1, 2L, 2, 2L, 3, 2L), perSubtask);
  }
}
