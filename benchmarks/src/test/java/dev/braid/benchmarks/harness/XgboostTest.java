package dev.braid.benchmarks.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Instance;
import dev.braid.data.Schema;
import dev.braid.moa.MoaSource;
import dev.braid.spec.Term;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The peer that is trained anew every so many labels. */
class XgboostTest {
  private static final String SMALL = "xgboost(every=100,window=400,rounds=10)";

  private static XgboostContestant open(final String text, final Schema schema) {
    return (XgboostContestant) Peers.open(Term.parse(text), 1, schema);
  }

  private static CellResult run(final int delay) {
    final Cell cell = new Cell("led", SMALL, 1, 1_500, delay);
    try (MoaSource source = new MoaSource("generators.LEDGenerator")) {
      final Trial<?> trial = new Trial<>(cell, open(SMALL, source.schema()), Run.CHUNK, List.of());
      return new Run(source, List.of(trial)).run(events -> {}).get(0);
    }
  }

  @Test
  void itLearnsFromLabelsAsTheyArrive() {
    final double atOnce = run(0).scores().accuracy();
    final double late = run(700).scores().accuracy();
    assertTrue(atOnce > 0.55, "ten digits, at once: " + atOnce);
    assertTrue(late > 0.2 && late < atOnce - 0.1, "700 events late: " + late);
    assertTrue(run(1_500).scores().accuracy() < 0.2, "without a label it can only guess");
  }

  @Test
  void itsProbabilitiesAreOfUse() {
    assertTrue(run(0).probabilities().logLoss() < Math.log(10) - 0.5);
  }

  @Test
  void twoClassesNominalValuesAndMissingOnesAreUnderstood() {
    final Schema schema =
        new Schema(
            List.of(Feature.nominal("colour", "red", "green", "blue")), List.of("no", "yes"));
    final XgboostContestant xgboost = open(SMALL, schema);
    for (int i = 0; i < 100; i++) {
      final Instance event = new Instance(new double[] {i % 3}, i % 3 == 1 ? 1 : 0);
      xgboost.testThenTrain(xgboost.encode(event, schema));
    }
    assertEquals(1, xgboost.predict(xgboost.encode(new Instance(new double[] {1}, -1), schema)));
    assertEquals(1, Arrays.stream(xgboost.prediction()).sum(), 1e-6);
    assertEquals(0, xgboost.predict(xgboost.encode(new Instance(new double[] {2}, -1), schema)));
    final Instance missing = new Instance(new double[] {Double.NaN}, -1);
    xgboost.predict(xgboost.encode(missing, schema));
    assertEquals(1, Arrays.stream(xgboost.prediction()).sum(), 1e-6);
  }

  @Test
  void aSchemaMayGrow() {
    final Schema small = Schema.numeric(1, 2);
    final Schema large = Schema.numeric(2, 3);
    final XgboostContestant xgboost = open(SMALL, small);
    for (int i = 0; i < 150; i++) {
      xgboost.testThenTrain(xgboost.encode(new Instance(new double[] {i % 2}, i % 2), small));
    }
    for (int i = 0; i < 350; i++) {
      xgboost.testThenTrain(
          xgboost.encode(new Instance(new double[] {i % 2, i % 3}, i % 3), large));
    }
    assertEquals(2, xgboost.predict(xgboost.encode(new Instance(new double[] {0, 2}, -1), large)));
    assertEquals(3, xgboost.prediction().length);
  }

  @Test
  void anOptionThatMakesNoSenseIsRefused() {
    final IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> open("xgboost(every=0)", Schema.numeric(1, 2)));
    assertTrue(refused.getMessage().contains("option 'every'"), refused.getMessage());
  }
}
