package dev.braid.jobs.operator;

import static dev.braid.jobs.operator.Fixtures.config;
import static dev.braid.jobs.operator.Fixtures.event;
import static dev.braid.jobs.operator.Fixtures.labelOf;
import static dev.braid.jobs.operator.Fixtures.tinyWorkingSet;
import static dev.braid.jobs.operator.Fixtures.withoutLabel;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.jobs.config.LearnerConfig;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Models that nothing uses for a time go, with all that is kept of them. */
class IdleModelsTest {
  private static final LearnerConfig EXPIRING =
      config("state.expire-after", "10 s", "labels.max-wait", "25 s");

  private Workbench bench;

  private void open(final LearnerConfig config, final OperatorSubtaskState state, final long now)
      throws Exception {
    bench = new Workbench(config, state, now);
    bench.clock(now);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private long version(final int event, final String key) throws Exception {
    bench.send(event(event, key));
    return bench.predictions().get(bench.predictions().size() - 1).modelVersion();
  }

  @Test
  void anIdleModelIsDroppedAndItsKeyBeginsAnew() throws Exception {
    open(EXPIRING, null, 1_000);
    bench.send(event(0, "idle"));
    bench.clock(6_000);
    bench.send(event(1, "busy"));
    bench.clock(11_000);
    assertEquals(1, bench.figures().modelsExpired());
    assertEquals(1, bench.figures().models());
    assertEquals(0, version(2, "idle"));
    assertEquals(1, version(3, "busy"));
  }

  @Test
  void nothingIsLeftOfADroppedModel() throws Exception {
    open(EXPIRING, null, 1_000);
    for (int i = 0; i < 50; i++) {
      bench.send(event(i, "k" + i % 5));
    }
    bench.snapshot();
    assertEquals(5, bench.entries(ModelStore.SESSIONS));
    bench.clock(11_000);
    assertEquals(5, bench.figures().modelsExpired());
    assertEquals(0, bench.entries(ModelStore.SESSIONS));
    assertEquals(0, bench.entries(ModelStore.CHUNKS));
    assertEquals(0, bench.timers());
  }

  @Test
  void useSetsTheTimeAnewWithOneTimerPerModel() throws Exception {
    open(EXPIRING, null, 1_000);
    for (int i = 0; i < 30; i++) {
      bench.clock(1_000 + i * 5_000);
      assertEquals(i, version(i, "m"));
      assertEquals(1, bench.timers());
    }
    assertEquals(0, bench.figures().modelsExpired());
  }

  @Test
  void aModelThatIsNotHotIsDroppedWithoutBeingLoaded() throws Exception {
    open(tinyWorkingSet(EXPIRING), null, 1_000);
    bench.send(event(0, "cold"));
    bench.clock(2_000);
    bench.send(event(1, "hot"));
    final long loads = bench.figures().workingSetLoads();
    bench.clock(11_000);
    assertEquals(1, bench.figures().modelsExpired());
    assertEquals(loads, bench.figures().workingSetLoads());
    assertEquals(0, version(2, "cold"));
  }

  @Test
  void aModelWithAnEventThatWaitsStays() throws Exception {
    open(EXPIRING, null, 1_000);
    bench.send(withoutLabel(event(0, "m")));
    bench.clock(15_000);
    bench.send(labelOf(event(0, "m")));
    assertEquals(1, version(1, "m"));
    bench.clock(60_000);
    assertEquals(1, bench.figures().modelsExpired());
  }

  @Test
  void timeThatTheJobWasDownDoesNotCount() throws Exception {
    open(EXPIRING, null, 1_000);
    bench.send(event(0, "m"));
    bench.clock(7_000);
    final OperatorSubtaskState state = bench.snapshot();
    bench.close();
    open(EXPIRING, state, 1_000_000);
    bench.clock(1_003_999);
    assertEquals(0, bench.figures().modelsExpired());
    bench.clock(1_004_000);
    assertEquals(1, bench.figures().modelsExpired());
  }

  @Test
  void modelsOfARunWithoutExpiryExpireOnceItIsConfigured() throws Exception {
    open(config(), null, 1_000);
    bench.send(event(0, "m"));
    final OperatorSubtaskState state = bench.snapshot();
    assertEquals(0, bench.timers());
    bench.close();
    open(EXPIRING, state, 2_000);
    assertEquals(0, bench.figures().bytesWritten());
    bench.clock(11_999);
    assertEquals(0, bench.figures().modelsExpired());
    bench.clock(12_000);
    assertEquals(1, bench.figures().modelsExpired());
  }

  @Test
  void byDefaultNothingExpires() throws Exception {
    open(config(), null, 1_000);
    bench.send(event(0, "m"));
    bench.clock(10_000_000);
    assertEquals(1, version(1, "m"));
  }
}
