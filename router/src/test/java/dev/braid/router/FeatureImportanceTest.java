package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FeatureImportanceTest {
  private static final Schema SCHEMA =
      new Schema(
          List.of(
              Feature.numeric("much"),
              Feature.numeric("noise"),
              Feature.nominal("some", "a", "b"),
              Feature.numeric("nothing")),
          List.of("no", "yes"));

  static List<String> presets() {
    return Presets.names();
  }

  private final SplittableRandom random = new SplittableRandom(3);
  private final Prediction prediction = new Prediction();

  /** The class follows the first feature, and in one of five events the third. */
  private double[] next() {
    return new double[] {random.nextDouble(), random.nextDouble(), random.nextInt(2), 1};
  }

  private static int label(final double[] x) {
    return x[1] < 0.2 ? (int) x[2] : x[0] > 0.5 ? 1 : 0;
  }

  private void learn(final Learner learner, final FeatureImportance importance, final int events) {
    for (int i = 0; i < events; i++) {
      final double[] x = next();
      final int label = label(x);
      final boolean due = importance.isDue(learner, 5);
      if (due) {
        importance.ask(learner, x);
      }
      learner.testThenTrain(x, label, prediction);
      if (due) {
        importance.learn(SCHEMA, x, prediction, label);
      }
    }
  }

  @Test
  void featuresStandInTheOrderOfWhatTheyAreWorth() {
    final FeatureImportance importance = new FeatureImportance();
    learn(Presets.open(LearnerSpec.of("braid", 1), SCHEMA), importance, 5_000);

    final Map<String, Double> most = importance.most(SCHEMA, 10);

    assertEquals("much", most.keySet().iterator().next(), most::toString);
    assertTrue(most.get("much") > 5 * Math.abs(most.get("some")), most::toString);
    assertTrue(most.get("some") > most.get("nothing"), most::toString);
    assertEquals(0, most.get("nothing"), "a value that never changes is worth nothing");
    assertEquals(2, importance.most(SCHEMA, 2).size());
  }

  @ParameterizedTest
  @MethodSource("presets")
  void lookingChangesNoPrediction(final String preset) {
    final Learner looked = Presets.open(LearnerSpec.of(preset, 1), SCHEMA);
    final Learner plain = Presets.open(LearnerSpec.of(preset, 1), SCHEMA);
    final FeatureImportance importance = new FeatureImportance();
    final Prediction other = new Prediction();
    for (int i = 0; i < 500; i++) {
      final double[] x = next();
      if (importance.isDue(looked, 2)) {
        importance.ask(looked, x);
      }
      looked.testThenTrain(x, label(x), prediction);
      importance.learn(SCHEMA, x, prediction, label(x));
      plain.testThenTrain(x, label(x), other);
      assertArrayEquals(other.probabilities(), prediction.probabilities(), 0.0);
    }
  }

  @Test
  void goesOnFromItsImageToTheLastBit() {
    final Learner learner = Presets.open(LearnerSpec.of("braid", 1), SCHEMA);
    final FeatureImportance importance = new FeatureImportance();
    learn(learner, importance, 700);
    final ImageWriter out = new ImageWriter();
    importance.write(out);
    final FeatureImportance read = FeatureImportance.read(new ImageReader(out.toByteArray()));

    for (int i = 0; i < 300; i++) {
      final double[] x = next();
      final boolean due = importance.isDue(learner, 5);
      assertEquals(due, read.isDue(learner, 5));
      if (due) {
        importance.ask(learner, x);
        read.ask(learner, x);
      }
      learner.testThenTrain(x, label(x), prediction);
      if (due) {
        importance.learn(SCHEMA, x, prediction, label(x));
        read.learn(SCHEMA, x, prediction, label(x));
      }
    }
    assertEquals(importance.most(SCHEMA, 10), read.most(SCHEMA, 10));
  }

  @Test
  void oneEventInSoManyIsLookedAt() {
    final Learner learner = Presets.open(LearnerSpec.of("braid", 1), SCHEMA);
    final FeatureImportance importance = new FeatureImportance();
    int due = 0;
    int off = 0;
    for (int i = 0; i < 20_000; i++) {
      due += importance.isDue(learner, 20) ? 1 : 0;
      off += new FeatureImportance().isDue(learner, 0) ? 1 : 0;
    }
    assertEquals(1_000, due, 100);
    assertEquals(0, off);
  }
}
