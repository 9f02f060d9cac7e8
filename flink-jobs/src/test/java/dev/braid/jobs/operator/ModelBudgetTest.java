package dev.braid.jobs.operator;

import static dev.braid.jobs.operator.Fixtures.config;
import static dev.braid.jobs.operator.Fixtures.event;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.Event;
import dev.braid.data.Schema;
import dev.braid.jobs.config.LearnerConfig;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Presets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Features times classes times experts: what a few valid records could fill a heap with. */
class ModelBudgetTest {
  private static final long MB = 1 << 20;

  private static LearnerConfig braid(final String... keysAndValues) {
    final Map<String, String> values = new HashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      values.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return LearnerConfig.of(values);
  }

  /** An event of so many numeric features. */
  private static Event wide(
      final String id, final String key, final int features, final String label) {
    final String[] names = new String[features];
    Arrays.setAll(names, i -> "f" + i);
    final double[] numbers = new double[features];
    Arrays.setAll(numbers, i -> (id.hashCode() * 31 + i) % 1000);
    return event(id, key, names, numbers, new String[features], label);
  }

  @Test
  void aThousandRecordsOfAHundredFeaturesAndANewClassEachDoNotFillTheHeap() throws Exception {
    try (Workbench bench = new Workbench(braid("limits.model-bytes", "24 mb"))) {
      for (int i = 0; i < 1_000; i++) {
        bench.send(wide("e" + i, "m", 100, "class" + i));
        assertEquals(i + 1, bench.predictions().size() + bench.deadLetters().size());
      }
      assertTrue(bench.predictions().size() > 10, "" + bench.predictions().size());
      assertTrue(bench.deadLetters().size() > 100, "" + bench.deadLetters().size());
      assertTrue(
          bench
              .reasons()
              .get(0)
              .matches(
                  "the model would take about [0-9.]+ MB with 100 features, 0 nominal values and"
                      + " [0-9]+ classes, 24.0 MB are allowed \\(limits.model-bytes\\)"),
          bench.reasons().get(0));
      assertEquals(bench.deadLetters().size(), bench.growthRefused());
      assertTrue(bench.figures().stateBytes() < 26 * MB, "" + bench.figures().stateBytes());
      // Those that the model knows go on.
      final int before = bench.predictions().size();
      bench.send(wide("known", "m", 100, "class0"));
      assertEquals(before + 1, bench.predictions().size());
    }
  }

  @Test
  void aFirstEventTooWideIsRefusedAndLeavesNothingBehind() throws Exception {
    try (Workbench bench = new Workbench(braid("limits.features", "50000"))) {
      bench.send(wide("e", "wide", 39_916, "yes"));
      assertEquals(1, bench.deadLetters().size());
      assertEquals(0, bench.predictions().size());
      bench.snapshot();
      assertEquals(0, bench.entries(ModelStore.SESSIONS));
      bench.send(wide("e2", "wide", 10, "yes"));
      assertEquals(1, bench.predictions().size());
    }
  }

  @Test
  void growthByFeaturesAndByValuesIsRefusedToo() throws Exception {
    try (Workbench bench = new Workbench(braid("limits.model-bytes", "8 mb"))) {
      bench.send(wide("e0", "m", 10, "yes"));
      bench.send(wide("e1", "m", 9_000, "yes"));
      assertEquals(1, bench.deadLetters().size(), () -> "" + bench.reasons());
      bench.send(wide("e2", "m", 10, "yes"));
      final String[] names = new String[500];
      final String[] texts = new String[500];
      final double[] none = new double[500];
      Arrays.fill(none, Double.NaN);
      for (int i = 0; i < 60; i++) {
        final int at = i;
        Arrays.setAll(names, f -> "n" + f);
        Arrays.setAll(texts, f -> "value " + at + "," + f);
        bench.send(event("t" + i, "m", names, none, texts, "yes"));
      }
      assertEquals(63, bench.predictions().size() + bench.deadLetters().size());
      assertTrue(bench.growthRefused() > 10, "" + bench.growthRefused());
      assertTrue(bench.figures().stateBytes() < 10 * MB, "" + bench.figures().stateBytes());
    }
  }

  @Test
  void treeBytesTooSmallForTheSchemaIsADeadLetterWithThatReason() throws Exception {
    try (Workbench bench =
        new Workbench(braid("model.options.experts", "adaptive-tree(max-bytes=65536)"))) {
      bench.send(wide("e0", "m", 3_000, "yes"));
      assertEquals(1, bench.deadLetters().size());
      assertTrue(
          bench
              .reasons()
              .get(0)
              .startsWith("the learner failed on this record: option 'experts': maxBytes is 65536"),
          bench.reasons().get(0));
      assertEquals(1, bench.learnerFailures());
      bench.send(wide("e1", "m", 10, "yes"));
      assertEquals(1, bench.predictions().size());
    }
  }

  @Test
  void theDefaultIsAQuarterOfTheHeapDividedByTheSlots() {
    assertEquals(128 * MB, ModelBudget.bytes(0, 512 * MB, 1));
    assertEquals(32 * MB, ModelBudget.bytes(0, 512 * MB, 4));
    assertEquals(5, ModelBudget.bytes(5, 512 * MB, 4));
    assertEquals(0, config().limits().modelBytes());
  }

  /** The estimate must be near what a learner takes, or too little or too much is refused. */
  @TestFactory
  Stream<DynamicTest> theEstimateHoldsForEveryPreset() {
    return Presets.names().stream()
        .map(
            preset ->
                DynamicTest.dynamicTest(
                    preset,
                    () -> {
                      final LearnerSpec spec = new LearnerSpec(preset, 1, Map.of());
                      for (final int[] size : new int[][] {{5, 2}, {300, 2}, {20, 40}, {150, 12}}) {
                        final Schema schema = Schema.numeric(size[0], size[1]);
                        final long taken = Presets.open(spec, schema).sizeBytes();
                        final Schema none = Schema.numeric(0, 0);
                        assertNotNull(
                            new ModelBudget(spec, taken * 6 / 10)
                                .refusal(0, none, size[0], 0, size[1]),
                            preset + " of " + schema + " takes " + taken);
                        assertNull(
                            new ModelBudget(spec, taken * 3 / 2 + MB)
                                .refusal(0, none, size[0], 0, size[1]),
                            preset + " of " + schema + " takes " + taken);
                      }
                    }));
  }
}
