package dev.braid.jobs.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.DriftRecord;
import dev.braid.connectors.Event;
import dev.braid.drift.Detectors;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The detector that is configured watches each model's errors. */
class DriftAlarmsTest {
  private static final String KEY = "drift.detector";

  private static List<String> detectors() {
    return Detectors.REGISTRY.names();
  }

  private static void send(
      final Workbench bench, final int from, final int to, final boolean opposite)
      throws Exception {
    for (int i = from; i < to; i++) {
      final Event event = Fixtures.event(i, "m");
      final String label =
          opposite ? (event.label().equals("high") ? "low" : "high") : event.label();
      bench.send(Fixtures.event("id" + i, "m", Fixtures.features(i), label));
    }
  }

  private static List<DriftRecord> alarms(final Workbench bench) {
    return bench.drift().stream().filter(drift -> drift.kind().equals("alarm")).toList();
  }

  @ParameterizedTest
  @MethodSource("detectors")
  void anAlarmFollowsAChangeOfTheConceptAndNamesItsDetector(final String detector)
      throws Exception {
    try (Workbench bench = new Workbench(Fixtures.config(KEY, detector))) {
      send(bench, 0, 1_500, false);
      send(bench, 1_500, 2_500, true);
      final List<DriftRecord> alarms = alarms(bench);
      assertTrue(
          alarms.stream().anyMatch(alarm -> alarm.event() > 1_500 && alarm.event() < 1_900),
          "alarms " + alarms);
      alarms.forEach(alarm -> assertEquals(detector, alarm.subject()));
      assertEquals(alarms.size(), bench.figures().drifts());
    }
  }

  @ParameterizedTest
  @MethodSource("detectors")
  void afterARestartTheAlarmsAreThoseOfAJobThatNeverStopped(final String detector)
      throws Exception {
    final OperatorSubtaskState state;
    try (Workbench bench = new Workbench(Fixtures.config(KEY, detector))) {
      send(bench, 0, 1_550, false);
      state = bench.snapshot();
      send(bench, 1_550, 2_000, true);
      try (Workbench resumed = new Workbench(Fixtures.config(KEY, detector), state)) {
        send(resumed, 1_550, 2_000, true);
        final List<DriftRecord> all = alarms(bench);
        final List<DriftRecord> later = alarms(resumed);
        assertFalse(later.isEmpty());
        assertEquals(all.subList(all.size() - later.size(), all.size()), later);
      }
    }
  }

  @Test
  void aJobThatResumesWithAnotherDetectorBeginsWithAFreshOne() throws Exception {
    final OperatorSubtaskState state;
    try (Workbench bench = new Workbench(Fixtures.config(KEY, "adwin"))) {
      send(bench, 0, 1_000, false);
      state = bench.snapshot();
    }
    try (Workbench resumed = new Workbench(Fixtures.config(KEY, "ddm(warm-up=50)"), state)) {
      send(resumed, 1_000, 1_500, false);
      send(resumed, 1_500, 2_500, true);
      assertFalse(alarms(resumed).isEmpty());
      alarms(resumed).forEach(alarm -> assertEquals("ddm", alarm.subject()));
    }
  }
}
