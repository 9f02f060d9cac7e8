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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Features, values and classes that nobody announced. */
class SchemaGrowthTest {
  private Workbench bench;
  private int sent;

  @BeforeEach
  void open() throws Exception {
    open(config());
  }

  private void open(final LearnerConfig config) throws Exception {
    if (bench != null) {
      bench.close();
    }
    bench = new Workbench(config);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private static Event numeric(final String id, final String name, final double value) {
    return event(id, "m", new String[] {name}, new double[] {value}, new String[] {null}, "yes");
  }

  private static Event nominal(final String id, final String name, final String value) {
    return event(
        id, "m", new String[] {name}, new double[] {Double.NaN}, new String[] {value}, "yes");
  }

  /** Sends an event and expects a prediction of it and nothing else. */
  private void accepted(final Event event) throws Exception {
    final int deadLetters = bench.deadLetters().size();
    bench.send(event);
    sent++;
    assertEquals(sent, bench.predictions().size() + bench.deadLetters().size());
    assertEquals(deadLetters, bench.deadLetters().size(), () -> "" + bench.reasons());
  }

  /** Sends an event and expects a dead letter of it and nothing else. */
  private String refused(final Event event) throws Exception {
    final int predictions = bench.predictions().size();
    bench.send(event);
    sent++;
    assertEquals(sent, bench.predictions().size() + bench.deadLetters().size());
    assertEquals(predictions, bench.predictions().size());
    return bench.reasons().get(bench.reasons().size() - 1);
  }

  @Test
  void newFeaturesValuesAndClassesAreLearned() throws Exception {
    accepted(event(0, "m"));
    accepted(numeric("n1", "later", 3));
    accepted(nominal("n2", "colour", "red"));
    accepted(nominal("n3", "colour", "blue"));
    accepted(event("n4", "m", Fixtures.features(4), "medium"));
    accepted(event(5, "m"));
    assertEquals(
        List.of(event(0, "m").label(), "yes", "medium"),
        bench.predictions().get(5).classes().stream().distinct().limit(3).toList());
    assertEquals(0, bench.figures().ignoredValues());
  }

  @Test
  void missingFeaturesAreMissingValues() throws Exception {
    accepted(event(0, "m"));
    accepted(event("none", "m", new String[0], new double[0], new String[0], "low"));
    accepted(numeric("inf", "a", Double.POSITIVE_INFINITY));
    assertEquals(0, bench.figures().ignoredValues());
  }

  @Test
  void textForADeclaredNumericFeatureIsRefusedByName() throws Exception {
    open(config("schema.numeric", "speed"));
    accepted(numeric("n0", "speed", 1));
    assertEquals(
        "feature 'speed' is a number in this model, but the event has the text 'fast'",
        refused(nominal("n1", "speed", "fast")));
  }

  @Test
  void oddTextForANumberCountsAsMissing() throws Exception {
    accepted(numeric("n0", "speed", 1));
    accepted(nominal("n1", "speed", "fast"));
    assertEquals(1, bench.figures().ignoredValues());
  }

  @Test
  void refusedEventLeavesNoTraceInTheSchema() throws Exception {
    open(config("limits.classes", "1"));
    accepted(numeric("n0", "speed", 1));
    refused(
        event(
            "n1",
            "m",
            new String[] {"new", "speed"},
            new double[] {1, 2},
            new String[] {null, null},
            "no"));
    accepted(nominal("n2", "new", "text is fine, as nobody knows it"));
  }

  @Test
  void numberForANominalFeatureStandsForItsText() throws Exception {
    open(config("limits.nominal-values", "2"));
    accepted(nominal("n0", "code", "a"));
    accepted(numeric("n1", "code", 3.0));
    accepted(nominal("n2", "code", "3"));
    assertEquals(0, bench.figures().ignoredValues());
    accepted(nominal("n3", "code", "4"));
    assertEquals(1, bench.figures().ignoredValues());
  }

  @Test
  void featuresBeyondTheLimitAreIgnoredAndCounted() throws Exception {
    open(config("limits.features", "3"));
    accepted(event(0, "m"));
    accepted(numeric("n1", "fourth", 1));
    assertEquals(1, bench.figures().ignoredValues());
  }

  @Test
  void undeclaredFeaturesAreIgnoredAndCounted() throws Exception {
    open(config("schema.numeric", "a"));
    accepted(event(0, "m"));
    assertEquals(2, bench.figures().ignoredValues());
  }

  @Test
  void classBeyondTheLimitIsRefused() throws Exception {
    open(config("limits.classes", "2"));
    accepted(event("n0", "m", Fixtures.features(0), "one"));
    accepted(event("n1", "m", Fixtures.features(1), "two"));
    final String reason = refused(event("n2", "m", Fixtures.features(2), "three"));
    assertTrue(reason.contains("at most 2"), reason);
  }

  @Test
  void lateLabelBeyondTheLimitIsRefusedAndItsEventWaitsOn() throws Exception {
    open(config("limits.classes", "1"));
    accepted(event("n0", "m", Fixtures.features(0), "one"));
    accepted(withoutLabel(event("n1", "m", Fixtures.features(1), null)));
    bench.send(label("n1", "m", "two"));
    assertEquals(1, bench.deadLetters().size());
    bench.send(label("n1", "m", "one"));
    assertEquals(2, bench.figures().labelled());
  }

  @Test
  void firstEventWithoutAnyValueIsRefused() throws Exception {
    final Event empty = event("e", "m", new String[0], new double[0], new String[0], "yes");
    assertEquals(
        "the event has no feature with a value, and its model knows none yet", refused(empty));
    accepted(event(0, "m"));
    accepted(empty);
  }
}
