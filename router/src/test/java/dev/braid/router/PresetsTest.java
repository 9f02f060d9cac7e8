package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.evaluation.PrequentialEvaluator;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PresetsTest {

  @Test
  void namesAnUnknownPreset() {
    final String message = refused(LearnerSpec.of("driftmoe", 1));
    assertTrue(message.contains("'driftmoe'") && message.contains("driftmoe-data"), message);
  }

  @ParameterizedTest
  @CsvSource({
    "expertz, 3",
    "experts, 0",
    "experts, many",
    "top-k, 13",
    "temperature, 0",
    "hidden, -1",
    "learning-rate, NaN",
    "batch, 0",
    "scale-inputs, perhaps",
    "expert, moa(trees.NoSuchTree)",
    "expert, oak"
  })
  void namesTheOptionThatIsWrong(final String option, final String value) {
    final String message = refused(new LearnerSpec("driftmoe-data", 1, Map.of(option, value)));
    assertTrue(message.contains("'" + option + "'"), message);
    assertFalse(message.contains("\n"), message);
  }

  private static String refused(final LearnerSpec spec) {
    return assertThrows(IllegalArgumentException.class, () -> Presets.open(spec, Streams.SCHEMA))
        .getMessage();
  }

  @ParameterizedTest
  @MethodSource("names")
  void documentsEveryOption(final String preset) {
    assertFalse(Presets.description(preset).isBlank());
    assertTrue(Presets.options(preset).stream().noneMatch(o -> o.description().isBlank()));
  }

  @ParameterizedTest
  @MethodSource("names")
  void learnsAnEasyStream(final String preset) {
    final Learner learner = Presets.open(LearnerSpec.of(preset, 1), Streams.SCHEMA);
    final Streams stream = new Streams(5);
    final Prediction prediction = new Prediction();
    final PrequentialEvaluator evaluator = new PrequentialEvaluator(1000);
    for (int t = 0; t < 5000; t++) {
      stream.next();
      learner.testThenTrain(stream.x, stream.label, prediction);
      evaluator.add(prediction.label(), stream.label);
    }
    assertTrue(evaluator.windowAccuracy() > 0.75, () -> "accuracy " + evaluator.windowAccuracy());
  }

  @ParameterizedTest
  @MethodSource("names")
  void testThenTrainEqualsPredictThenLearnToTheLastBit(final String preset) {
    final Learner together = Presets.open(LearnerSpec.of(preset, 1), Streams.SCHEMA);
    final Learner apart = Presets.open(LearnerSpec.of(preset, 1), Streams.SCHEMA);
    final Streams stream = new Streams(5);
    final Prediction a = new Prediction();
    final Prediction b = new Prediction();
    for (int t = 0; t < 1500; t++) {
      stream.next();
      together.testThenTrain(stream.x, stream.label, a);
      apart.predict(stream.x, b);
      assertArrayEquals(a.probabilities(), b.probabilities());
      assertArrayEquals(a.weights(), b.weights());
      apart.predict(new double[] {t, -t, Double.NaN, 1}, b);
      apart.learn(stream.x, stream.label);
    }
    assertArrayEquals(LearnerImage.toBytes(together), LearnerImage.toBytes(apart));
  }

  @ParameterizedTest
  @MethodSource("names")
  void anotherSeedIsAnotherLearner(final String preset) {
    final Prediction a = new Prediction();
    final Prediction b = new Prediction();
    final double[] x = {0.5, 0.5, 0.5, 1};
    final Learner one = Presets.open(LearnerSpec.of(preset, 1), Streams.SCHEMA);
    final Learner two = Presets.open(LearnerSpec.of(preset, 2), Streams.SCHEMA);
    final Streams stream = new Streams(5);
    for (int t = 0; t < 300; t++) {
      stream.next();
      one.learn(stream.x, stream.label);
      two.learn(stream.x, stream.label);
    }
    one.predict(x, a);
    two.predict(x, b);
    // A learner that trusts one expert alone has the same weights with any seed.
    assertFalse(
        java.util.Arrays.equals(a.weights(), b.weights())
            && java.util.Arrays.equals(a.probabilities(), b.probabilities()));
    assertEquals(1, java.util.Arrays.stream(a.weights()).sum(), 1e-9);
  }

  static java.util.List<String> names() {
    return Presets.names();
  }
}
