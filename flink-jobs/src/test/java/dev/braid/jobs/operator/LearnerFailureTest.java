package dev.braid.jobs.operator;

import static dev.braid.jobs.operator.Fixtures.config;
import static dev.braid.jobs.operator.Fixtures.event;
import static dev.braid.jobs.operator.Fixtures.label;
import static dev.braid.jobs.operator.Fixtures.withoutLabel;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.Event;
import dev.braid.jobs.config.LearnerConfig;
import java.util.List;
import moa.classifiers.FailingClassifier;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** A record on which a learner throws never restarts the job, nor does half an update stay. */
class LearnerFailureTest {
  private static final int BEFORE = 60;
  private static final int AFTER = 40;

  private static LearnerConfig failing(final String... more) {
    final String[] all = new String[more.length + 2];
    all[0] = "model.options.experts";
    all[1] = FailingClassifier.EXPERT + "*4";
    System.arraycopy(more, 0, all, 2, more.length);
    return config(all);
  }

  private static Event poison(final String id, final double first) {
    return event(id, "m", new double[] {first, 0.5, 1}, "high");
  }

  private static void send(final Workbench bench, final int from, final int to) throws Exception {
    for (int i = from; i < to; i++) {
      bench.send(event(i, "m"));
    }
  }

  /** What the predictions say, without how many events were learned from. */
  private static List<String> said(final List<String> predictions) {
    return predictions.stream().map(p -> p.substring(0, p.lastIndexOf(' '))).toList();
  }

  private static void goesOnAsItWasSavedLast(final Event poison, final String reason)
      throws Exception {
    for (final String packBelow : new String[] {"64 kb", "0 b"}) {
      final OperatorSubtaskState saved;
      final List<String> after;
      try (Workbench bench = new Workbench(failing("state.pack-below", packBelow))) {
        send(bench, 0, BEFORE);
        saved = bench.snapshot();
        bench.send(poison);
        assertEquals(List.of("the learner failed on this record: " + reason), bench.reasons());
        assertEquals(BEFORE, bench.predictions().size());
        assertEquals(1, bench.learnerFailures());
        send(bench, BEFORE, BEFORE + AFTER);
        bench.snapshot();
        after = bench.exactPredictions().subList(BEFORE, BEFORE + AFTER);
      }
      try (Workbench undisturbed = new Workbench(failing("state.pack-below", packBelow), saved)) {
        send(undisturbed, BEFORE, BEFORE + AFTER);
        assertEquals(said(undisturbed.exactPredictions()), said(after));
      }
    }
  }

  @Test
  void aLearnerThatThrowsWhileItLearnsKeepsNothingOfTheRecord() throws Exception {
    goesOnAsItWasSavedLast(poison("p", FailingClassifier.FAILS_TO_LEARN), "cannot bear -0.5");
  }

  @Test
  void aLearnerThatThrowsWhileItPredictsIsAsBefore() throws Exception {
    goesOnAsItWasSavedLast(poison("p", FailingClassifier.FAILS_TO_PREDICT), "cannot bear -1.0");
  }

  @Test
  void aLearnerThatThrowsWhileItGrowsKnowsNothingOfWhatWasNew() throws Exception {
    goesOnAsItWasSavedLast(
        event(
            "p",
            "m",
            new String[] {"a", FailingClassifier.FAILS_TO_GROW},
            new double[] {1, 1},
            new String[2],
            "never met"),
        "cannot grow");
  }

  @Test
  void aModelThatWasNeverSavedBeginsAnewAndAccountsForEverything() throws Exception {
    try (Workbench bench = new Workbench(failing())) {
      bench.send(poison("first", FailingClassifier.FAILS_TO_PREDICT));
      bench.snapshot();
      assertEquals(0, bench.entries(ModelStore.SESSIONS));
      send(bench, 0, 20);
      bench.send(poison("p", FailingClassifier.FAILS_TO_LEARN));
      send(bench, 20, 40);
      assertEquals(40, bench.predictions().size());
      assertEquals(2, bench.deadLetters().size());
      assertEquals(2, bench.learnerFailures());
    }
  }

  @Test
  void aLateLabelOnWhichALearnerThrowsIsADeadLetter() throws Exception {
    try (Workbench bench = new Workbench(failing())) {
      send(bench, 0, 20);
      bench.send(withoutLabel(poison("late", FailingClassifier.FAILS_TO_LEARN)));
      assertEquals(21, bench.predictions().size());
      bench.send(label("late", "m", "high"));
      assertEquals(1, bench.deadLetters().size());
      assertEquals(0, bench.figures().pending());
      send(bench, 20, 40);
      assertEquals(41, bench.predictions().size());
    }
  }

  @Test
  void aLabelThatCameBeforeSuchAnEventIsADeadLetterToo() throws Exception {
    try (Workbench bench = new Workbench(failing())) {
      send(bench, 0, 20);
      bench.send(label("early", "m", "high"));
      bench.send(withoutLabel(poison("early", FailingClassifier.FAILS_TO_LEARN)));
      assertEquals(20, bench.predictions().size());
      assertEquals(2, bench.deadLetters().size());
      assertTrue(
          bench.reasons().contains("the event with id 'early' went to the dead letters"),
          () -> "" + bench.reasons());
    }
  }

  @Test
  void refusedEventsOfNewKeysLeaveNothingBehind() throws Exception {
    try (Workbench bench = new Workbench(config("state.expire-after", "1 h"))) {
      for (int i = 0; i < 100; i++) {
        bench.send(event("e" + i, "k" + i, new String[0], new double[0], new String[0], "yes"));
      }
      assertEquals(100, bench.deadLetters().size());
      bench.snapshot();
      assertEquals(0, bench.entries(ModelStore.SESSIONS));
      assertEquals(0, bench.timers());
      assertEquals(0, bench.figures().models());
    }
  }
}
