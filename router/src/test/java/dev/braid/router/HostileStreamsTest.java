package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Streams as nobody would wish them: never NaN, never an exception. */
class HostileStreamsTest {
  private final SplittableRandom random = new SplittableRandom(8);

  static List<String> presets() {
    return Presets.names();
  }

  private static Learner open(final String preset, final Schema schema) {
    return Presets.open(LearnerSpec.of(preset, 1), schema);
  }

  private static void testThenTrain(final Learner learner, final double[] x, final int label) {
    final Prediction prediction = new Prediction();
    learner.testThenTrain(x, label, prediction);
    assertDistribution(prediction.probabilities());
    assertDistribution(prediction.weights());
  }

  private static void assertDistribution(final double[] p) {
    double sum = 0;
    for (final double value : p) {
      assertTrue(value >= 0 && value <= 1, () -> Arrays.toString(p));
      sum += value;
    }
    assertEquals(p.length == 0 ? 0 : 1, sum, 1e-9);
  }

  @ParameterizedTest
  @MethodSource("presets")
  void everyValueMissing(final String preset) {
    final Learner learner = open(preset, Schema.numeric(4, 3));
    final double[] nothing = new double[4];
    Arrays.fill(nothing, Double.NaN);
    for (int t = 0; t < 600; t++) {
      testThenTrain(learner, nothing, random.nextInt(3));
    }
  }

  @ParameterizedTest
  @MethodSource("presets")
  void extremesBesideTinyNumbersAndConstants(final String preset) {
    final Learner learner = open(preset, Schema.numeric(5, 2));
    for (int t = 0; t < 1500; t++) {
      final double[] x = {
        1e12 * random.nextDouble(),
        1e-9 * random.nextDouble(),
        7,
        random.nextInt(50) == 0 ? 1e300 : -1e-300,
        random.nextDouble()
      };
      testThenTrain(learner, x, x[1] > 5e-10 ? 1 : 0);
    }
  }

  @ParameterizedTest
  @MethodSource("presets")
  void nominalFeaturesWithHundredsOfValues(final String preset) {
    final String[] values = new String[293];
    Arrays.setAll(values, v -> "v" + v);
    final Schema schema =
        new Schema(
            List.of(Feature.nominal("from", values), Feature.nominal("to", values)),
            List.of("late", "in time"));
    final Learner learner = open(preset, schema);
    for (int t = 0; t < 1500; t++) {
      final double[] x = {random.nextInt(293), random.nextInt(293)};
      testThenTrain(learner, x, x[0] > x[1] ? 1 : 0);
    }
  }

  @ParameterizedTest
  @MethodSource("presets")
  void aStreamThatStartsWithNothingAndGrows(final String preset) {
    final Learner learner = open(preset, new Schema(List.of(), List.of()));
    final Prediction prediction = new Prediction();
    learner.predict(new double[0], prediction);
    assertEquals(-1, prediction.label());
    Schema schema = learner.schema().withClass("only");
    learner.grow(schema);
    for (int t = 0; t < 300; t++) {
      testThenTrain(learner, new double[0], 0);
    }
    schema = schema.withFeature(Feature.numeric("x")).withFeature(Feature.nominal("n"));
    schema = schema.withClass("second").withValue(1, "a").withValue(1, "b").withClass("third");
    learner.grow(schema);
    for (int t = 0; t < 900; t++) {
      final int label = random.nextInt(3);
      testThenTrain(learner, new double[] {label + random.nextDouble(), label % 2}, label);
    }
    learner.predict(new double[] {2.5, 0}, prediction);
    assertEquals(3, prediction.probabilities().length);
    final Learner restored = LearnerImage.fromBytes(LearnerImage.toBytes(learner));
    assertEquals(schema, restored.schema());
  }

  @ParameterizedTest
  @MethodSource("presets")
  void tenThousandFeatures(final String preset) {
    final Learner learner = open(preset, Schema.numeric(10_000, 2));
    final double[] x = new double[10_000];
    for (int t = 0; t < 40; t++) {
      for (int i = 0; i < x.length; i++) {
        x[i] = random.nextDouble();
      }
      testThenTrain(learner, x, t & 1);
    }
  }

  @ParameterizedTest
  @MethodSource("presets")
  void featuresThatArriveOneByOne(final String preset) {
    Schema schema = Schema.numeric(1, 2);
    final Learner learner = open(preset, schema);
    final List<Double> values = new ArrayList<>(List.of(0.5));
    for (int t = 0; t < 400; t++) {
      if (t % 20 == 19) {
        schema = schema.withFeature(Feature.numeric("late" + t));
        learner.grow(schema);
        values.add(t * 1e3);
      }
      testThenTrain(learner, values.stream().mapToDouble(Double::doubleValue).toArray(), t & 1);
    }
  }
}
