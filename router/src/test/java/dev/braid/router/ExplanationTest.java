package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExplanationTest {
  private static final Schema SCHEMA =
      new Schema(
          List.of(Feature.numeric("noise"), Feature.numeric("decides"), Feature.numeric("same")),
          List.of("no", "yes"));

  static List<String> presets() {
    return Presets.names();
  }

  private final SplittableRandom random = new SplittableRandom(5);

  private double[] next() {
    return new double[] {random.nextDouble(), random.nextDouble(), 1};
  }

  private Learner learned(final String preset, final int events) {
    final Learner learner = Presets.open(LearnerSpec.of(preset, 1), SCHEMA);
    for (int i = 0; i < events; i++) {
      final double[] x = next();
      learner.learn(x, x[1] > 0.5 ? 1 : 0);
    }
    return learner;
  }

  @Test
  void theFeatureThatDecidesMovedThePredictionMost() {
    final Learner learner = learned("braid", 2_000);
    final double[] x = {0.5, 0.9, 1};
    final List<double[]> others = List.of(next(), next(), next(), next(), next(), next());

    final Explanation explanation = Explanation.of(learner, x, others);

    final Prediction prediction = new Prediction();
    learner.predict(x, prediction);
    assertEquals("yes", explanation.predicted());
    assertEquals(prediction.probabilities()[1], explanation.value());
    assertEquals("decides", explanation.features().get(0).feature());
    assertTrue(explanation.features().get(0).by() > 0.2, explanation::toString);
    assertTrue(
        explanation.features().stream().noneMatch(moved -> moved.feature().equals("same")),
        "a value that all others have moved nothing");
    assertEquals("decides", Explanation.of(learner, x).features().get(0).feature());
  }

  @ParameterizedTest
  @MethodSource("presets")
  void tellsWhatEachExpertSaysAndWeighsAndChangesNoPrediction(final String preset) {
    final Learner learner = learned(preset, 300);
    final Prediction before = new Prediction();
    final double[] x = next();
    learner.predict(x, before);

    final Explanation explanation = Explanation.of(learner, x);

    assertEquals(
        learner.members().stream().map(Member::name).toList(),
        explanation.members().stream().map(Explanation.MemberView::expert).toList());
    for (int e = 0; e < learner.members().size(); e++) {
      final Explanation.MemberView member = explanation.members().get(e);
      assertEquals(before.weights()[e], member.weight());
      assertEquals(preset.equals("neural") ? 0 : 2, member.prediction().size(), member::toString);
      if (!preset.equals("neural")) {
        assertEquals(1, member.prediction().get(0) + member.prediction().get(1), 1e-9);
      }
    }
    final Prediction after = new Prediction();
    learner.predict(x, after);
    assertArrayEquals(before.probabilities(), after.probabilities(), 0.0);
    final Learner untouched = again(preset);
    learner.learn(x, 1);
    untouched.learn(x, 1);
    learner.predict(x, before);
    untouched.predict(x, after);
    assertArrayEquals(after.probabilities(), before.probabilities(), 0.0);
  }

  private Learner again(final String preset) {
    final ExplanationTest same = new ExplanationTest();
    return same.learned(preset, 300);
  }

  @Test
  void whatSaysNothingYetIsExplainedAsThat() {
    final Learner learner =
        Presets.open(LearnerSpec.of("braid", 1), new Schema(SCHEMA.features(), List.of()));
    final Explanation explanation = Explanation.of(learner, next());
    assertEquals(null, explanation.predicted());
    assertEquals(List.of(), explanation.features());
    assertThrows(IllegalArgumentException.class, () -> Explanation.of(learner, next(), List.of()));
  }
}
