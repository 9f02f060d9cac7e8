package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which class a learner names. */
class ObjectiveTest {
  private static final Schema SCHEMA =
      new Schema(List.of(Feature.numeric("a"), Feature.numeric("b")), List.of("ok", "fraud"));

  private static Learner open(final String objective) {
    return Presets.open(
        new LearnerSpec(
            "braid", 7, Map.of("experts", "naive-bayes(1000)+last-label", "objective", objective)),
        SCHEMA);
  }

  /** Five in a hundred are fraud, and hard to tell. */
  private static double[] next(final SplittableRandom random) {
    final int label = random.nextInt(100) < 5 ? 1 : 0;
    return new double[] {label + random.nextGaussian(), random.nextGaussian(), label};
  }

  /** How often each class was named in place of each, shape [classes of the truth, classes]. */
  private static int[][] confusion(final Learner learner) {
    final SplittableRandom random = new SplittableRandom(1);
    final Prediction prediction = new Prediction();
    final int[][] confusion = new int[2][2];
    for (int i = 0; i < 6000; i++) {
      final double[] event = next(random);
      final double[] x = {event[0], event[1]};
      learner.testThenTrain(x, event[2], prediction);
      confusion[(int) event[2]][prediction.label()] += i < 1000 ? 0 : 1;
    }
    return confusion;
  }

  private static double recall(final int[][] confusion, final int of) {
    return (double) confusion[of][of] / (confusion[of][0] + confusion[of][1]);
  }

  @Test
  void balancedRaisesTheMeanOfTheRecalls() {
    final int[][] plain = confusion(open("accuracy"));
    final int[][] balanced = confusion(open("balanced"));
    final double before = (recall(plain, 0) + recall(plain, 1)) / 2;
    final double after = (recall(balanced, 0) + recall(balanced, 1)) / 2;
    assertTrue(after > before + 0.1, before + " to " + after);
    assertTrue(recall(balanced, 1) > 0.5, "recall of fraud " + recall(balanced, 1));
  }

  @Test
  void costsAreLowerWhereTheyAreAskedFor() {
    final int[][] plain = confusion(open("accuracy"));
    final int[][] costly = confusion(open("costs(fraud>ok=20)"));
    final int before = 20 * plain[1][0] + plain[0][1];
    final int after = 20 * costly[1][0] + costly[0][1];
    assertTrue(after < 0.8 * before, before + " to " + after);
  }

  @Test
  void theClassOfLeastExpectedCostIsNamed() {
    final ClassDecision decision =
        new ClassDecision(
            SCHEMA.target(), new Objective(false, Map.of("fraud", Map.of("ok", 3.0))));
    final Prediction said = new Prediction();
    for (final double fraud : new double[] {0.2, 0.24, 0.26, 0.7}) {
      said.shape(2, 1, 0);
      said.probabilities()[0] = 1 - fraud;
      said.probabilities()[1] = fraud;
      decision.finish(said);
      assertEquals(fraud > 0.25 ? 1 : 0, said.label(), "fraud " + fraud);
    }
  }

  @Test
  void probabilitiesStayAsTheyAre() {
    final Learner plain = open("accuracy");
    final Learner balanced = open("balanced");
    final SplittableRandom random = new SplittableRandom(2);
    final Prediction one = new Prediction();
    final Prediction other = new Prediction();
    for (int i = 0; i < 500; i++) {
      final double[] event = next(random);
      final double[] x = {event[0], event[1]};
      plain.testThenTrain(x, event[2], one);
      balanced.testThenTrain(x, event[2], other);
      assertArrayEquals(one.probabilities(), other.probabilities());
    }
  }

  @Test
  void newClassesCostOneUntilTheyAreNamed() {
    final Learner learner = open("costs(theft>ok=50)");
    confusion(learner);
    learner.grow(SCHEMA.withClass("theft"));
    final Prediction prediction = new Prediction();
    for (int i = 0; i < 200; i++) {
      learner.testThenTrain(new double[] {0, 0}, i % 10 == 0 ? 2 : 0, prediction);
    }
    assertEquals(2, prediction.label());
    assertTrue(prediction.probabilities()[2] < 0.5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "recall",
        "costs",
        "costs()",
        "costs(fraud=20)",
        "costs(fraud>ok=many)",
        "costs(fraud>ok=-1)",
        "costs(fraud>ok=1,fraud>ok=2)",
        "costs(ok>ok=1)"
      })
  void refusesWhatItCannotRead(final String objective) {
    final String message =
        assertThrows(IllegalArgumentException.class, () -> open(objective)).getMessage();
    assertTrue(message.startsWith("option 'objective' of "), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"braid", "tame"})
  void noObjectiveIsGivenWhereNoClassIsNamed(final String preset) {
    final Schema numbers = Schema.ofQuantity(SCHEMA.features());
    final LearnerSpec balanced = new LearnerSpec(preset, 7, Map.of("objective", "balanced"));
    assertEquals(
        "option 'objective' of preset '"
            + preset
            + "' is 'balanced'; it must be left out where a number is predicted, since no class is"
            + " named there",
        assertThrows(IllegalArgumentException.class, () -> Presets.open(balanced, numbers))
            .getMessage());
    // A specification that is written out names the default.
    final LearnerSpec usual = new LearnerSpec(preset, 7, Map.of());
    Presets.open(Presets.writtenOut(usual, numbers.target()), numbers);
  }

  @Test
  void noIntervalIsGivenWhereAClassIsNamed() {
    final String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> Presets.open(new LearnerSpec("braid", 7, Map.of("interval", "0.8")), SCHEMA))
            .getMessage();
    assertEquals(
        "option 'interval' of preset 'braid' is '0.8'; it must be left out where a class is"
            + " predicted, since it is about numbers",
        message);
  }
}
