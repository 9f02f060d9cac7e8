package dev.braid.jobs.operator;

import static dev.braid.jobs.operator.Fixtures.config;
import static dev.braid.jobs.operator.Fixtures.event;
import static dev.braid.jobs.operator.Fixtures.label;
import static dev.braid.jobs.operator.Fixtures.labelOf;
import static dev.braid.jobs.operator.Fixtures.tinyWorkingSet;
import static dev.braid.jobs.operator.Fixtures.withoutLabel;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.Event;
import dev.braid.jobs.config.LearnerConfig;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Labels that come before or after their events, or not at all; ids that come twice. */
class LateLabelsTest {
  private static final long HOUR = 3_600_000;

  private Workbench bench;

  @BeforeEach
  void open() throws Exception {
    open(config());
  }

  private void open(final LearnerConfig config) throws Exception {
    bench = new Workbench(config);
    bench.clock(0);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void lateLabelTeachesAsIfItHadComeWithItsEvent() throws Exception {
    for (int i = 0; i < 200; i++) {
      bench.send(withoutLabel(event(i, "m")));
      bench.send(labelOf(event(i, "m")));
    }
    final List<String> late = bench.exactPredictions();
    bench.close();
    open();
    for (int i = 0; i < 200; i++) {
      bench.send(event(i, "m"));
    }
    assertEquals(bench.exactPredictions(), late);
    assertEquals(200, bench.figures().labelled());
  }

  @Test
  void eventIsPredictedAtOnceAndWaits() throws Exception {
    bench.send(withoutLabel(event(0, "m")));
    assertEquals(1, bench.predictions().size());
    assertEquals(1, bench.figures().pending());
    bench.send(labelOf(event(0, "m")));
    assertEquals(0, bench.figures().pending());
    assertEquals(1, bench.figures().labelled());
    assertEquals(0, bench.timers());
  }

  @Test
  void labelBeforeItsEventTeachesWithIt() throws Exception {
    for (int i = 0; i < 100; i++) {
      bench.send(labelOf(event(i, "m")));
      bench.send(withoutLabel(event(i, "m")));
    }
    assertEquals(100, bench.figures().labelled());
    assertEquals(0, bench.figures().pending());
    assertEquals(0, bench.timers());
    assertEquals(0, bench.deadLetters().size());
    assertEquals(99, bench.predictions().get(99).modelVersion());
  }

  @Test
  void waitingEventSurvivesARestartAndASchemaThatGrewMeanwhile() throws Exception {
    bench.send(event(0, "m"));
    bench.send(withoutLabel(event(1, "m")));
    bench.send(
        event(
            "wide",
            "m",
            new String[] {"a", "new"},
            new double[] {1, 2},
            new String[] {null, null},
            "low"));
    final OperatorSubtaskState snapshot = bench.snapshot();
    bench.close();
    bench = new Workbench(config(), snapshot);
    bench.send(labelOf(event(1, "m")));
    assertEquals(3, bench.figures().labelled());
    assertEquals(0, bench.figures().pending());
  }

  @Test
  void eventWhoseLabelDoesNotComeExpires() throws Exception {
    bench.send(withoutLabel(event(0, "m")));
    bench.clock(HOUR - 1);
    assertEquals(1, bench.figures().pending());
    bench.clock(HOUR);
    assertEquals(0, bench.figures().pending());
    assertEquals(1, bench.figures().expired());
    assertEquals(0, bench.deadLetters().size());
  }

  @Test
  void labelWhoseEventDoesNotComeBecomesADeadLetter() throws Exception {
    bench.send(label("lonely", "m", "high"));
    assertEquals(0, bench.deadLetters().size());
    bench.clock(HOUR);
    assertEquals(List.of("no event with id 'lonely' came within 1h"), bench.reasons());
    assertEquals("labels", bench.deadLetters().get(0).origin().topic());
  }

  @Test
  void labelOfAnExpiredEventFindsNothing() throws Exception {
    bench.send(withoutLabel(event(0, "m")));
    bench.clock(HOUR);
    bench.send(labelOf(event(0, "m")));
    assertEquals(0, bench.figures().labelled());
    bench.clock(2 * HOUR);
    assertEquals(1, bench.deadLetters().size());
  }

  @Test
  void expiryIsStateToo() throws Exception {
    bench.send(withoutLabel(event(0, "m")));
    final OperatorSubtaskState snapshot = bench.snapshot();
    bench.close();
    bench = new Workbench(config(), snapshot);
    bench.clock(HOUR);
    assertEquals(1, bench.figures().expired());
  }

  @Test
  void timeThatTheJobWasDownDoesNotCount() throws Exception {
    bench.send(withoutLabel(event(0, "m")));
    bench.send(label("lonely", "m", "high"));
    bench.clock(HOUR / 2);
    final OperatorSubtaskState snapshot = bench.snapshot();
    bench.close();
    final long later = 1_000 * HOUR;
    bench = new Workbench(config(), snapshot, later);
    bench.clock(later + HOUR / 2 - 1);
    assertEquals(1, bench.figures().pending());
    assertEquals(List.of(), bench.reasons());
    bench.clock(later + HOUR / 2);
    assertEquals(1, bench.figures().expired());
    assertEquals(1, bench.reasons().size());
    assertEquals(0, bench.timers());
  }

  @Test
  void expiryOfAnEventDoesNotLoadItsModel() throws Exception {
    bench.close();
    open(tinyWorkingSet(config()));
    bench.send(withoutLabel(event(0, "m")));
    bench.send(withoutLabel(event(1, "n")));
    final long loads = bench.figures().workingSetLoads();
    bench.clock(HOUR);
    assertEquals(loads, bench.figures().workingSetLoads());
    bench.send(event(2, "m"));
    assertEquals(1, bench.figures().expired());
    assertEquals(0, bench.figures().pending());
  }

  @Test
  void labelsThatWaitWhenTheInputEndsBecomeDeadLetters() throws Exception {
    bench.send(label("a", "m", "high"));
    bench.send(label("b", "m", "low"));
    bench.send(label("c", "n", "low"));
    bench.finish();
    assertEquals(3, bench.reasons().size());
    assertTrue(
        bench.reasons().contains("no event with id 'c' came before the input ended"),
        bench.reasons().toString());
    bench.finish();
    assertEquals(3, bench.reasons().size());
  }

  @Test
  void idThatStillWaitsIsADuplicate() throws Exception {
    bench.send(withoutLabel(event(0, "m")));
    bench.send(withoutLabel(event(0, "m")));
    assertEquals(List.of("duplicate id 'id0'"), bench.reasons());
    bench.send(labelOf(event(0, "m")));
    bench.send(withoutLabel(event(0, "m")));
    assertEquals(1, bench.deadLetters().size());
    assertEquals(2, bench.predictions().size());
  }

  @Test
  void sameIdOfAnotherModelIsNoDuplicate() throws Exception {
    bench.send(withoutLabel(event(0, "m")));
    bench.send(withoutLabel(event(0, "n")));
    assertEquals(2, bench.predictions().size());
  }

  @Test
  void idsAreRememberedForTheTimeConfigured() throws Exception {
    bench.close();
    open(config("state.deduplicate-for", "10 s"));
    final Event event = event(0, "m");
    bench.send(event);
    bench.clock(9_000);
    bench.send(event);
    assertEquals(List.of("duplicate id 'id0'"), bench.reasons());
    bench.clock(10_001);
    bench.send(event);
    assertEquals(2, bench.predictions().size());
  }

  @Test
  void secondLabelForAnIdIsRefused() throws Exception {
    bench.send(label("id0", "m", "high"));
    bench.send(label("id0", "m", "low"));
    assertEquals(List.of("another label for id 'id0' waits already"), bench.reasons());
  }

  @Test
  void labelThatWaitsForAnEventWithItsOwnIsRefused() throws Exception {
    bench.send(label("id0", "m", "high"));
    bench.send(event(0, "m"));
    assertEquals(1, bench.figures().labelled());
    assertTrue(bench.reasons().get(0).contains("brought its own label"));
    assertEquals(0, bench.timers());
  }
}
