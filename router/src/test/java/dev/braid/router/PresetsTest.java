package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.evaluation.WindowAccuracy;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
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
    "experts, knn*0",
    "experts, knn*many",
    "top-k, 13",
    "temperature, 0",
    "hidden, -1",
    "learning-rate, NaN",
    "batch, 0",
    "scale-inputs, perhaps",
    "experts, moa(trees.NoSuchTree)",
    "experts, oak"
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
    assertFalse(Presets.REGISTRY.find(preset).description().isBlank());
    assertTrue(
        Presets.REGISTRY.find(preset).options().stream().noneMatch(o -> o.description().isBlank()));
  }

  @ParameterizedTest
  @MethodSource("names")
  void learnsAnEasyStream(final String preset) {
    final Learner learner = Presets.open(LearnerSpec.of(preset, 1), Streams.SCHEMA);
    final Streams stream = new Streams(5);
    final Prediction prediction = new Prediction();
    final WindowAccuracy lately = new WindowAccuracy(1000);
    for (int t = 0; t < 5000; t++) {
      stream.next();
      learner.testThenTrain(stream.x, stream.label, prediction);
      lately.add(prediction.label() == stream.label);
    }
    assertTrue(lately.accuracy() > 0.75, () -> "accuracy " + lately.accuracy());
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
        Arrays.equals(a.weights(), b.weights())
            && Arrays.equals(a.probabilities(), b.probabilities()));
    assertEquals(1, Arrays.stream(a.weights()).sum(), 1e-9);
  }

  /** Whatever is refused leaves the learner as it was, down to its image. */
  @ParameterizedTest
  @MethodSource("names")
  void whatIsNoEventOfTheSchemaIsRefusedBeforeAnythingChanges(final String preset) {
    final Learner learner = Presets.open(LearnerSpec.of(preset, 1), Streams.SCHEMA);
    final Streams stream = new Streams(5);
    for (int t = 0; t < 100; t++) {
      stream.next();
      learner.learn(stream.x, stream.label);
    }
    final byte[] before = LearnerImage.toBytes(learner);
    final Prediction out = new Prediction();
    final double[] x = stream.x;
    final double[] longer = new double[x.length + 1];
    final double[] shorter = new double[x.length - 1];
    for (final Executable wrong :
        new Executable[] {
          () -> learner.learn(x, -1),
          () -> learner.learn(x, 3),
          () -> learner.learn(x, 0.5),
          () -> learner.learn(x, Double.NaN),
          () -> learner.learn(x, 1, 0),
          () -> learner.learn(x, 1, Double.POSITIVE_INFINITY),
          () -> learner.learn(longer, 1),
          () -> learner.learn(shorter, 1),
          () -> learner.learn(x, -1, out),
          () -> learner.testThenTrain(x, 7, out),
          () -> learner.predict(longer, out),
          () -> learner.predict(shorter, out)
        }) {
      assertThrows(IllegalArgumentException.class, wrong);
    }
    assertArrayEquals(before, LearnerImage.toBytes(learner));
    learner.learn(x, stream.label);
  }

  @ParameterizedTest
  @MethodSource("names")
  void expertsHaveNamesOfTheirOwnForLife(final String preset) {
    final Learner learner = Presets.open(LearnerSpec.of(preset, 1), Streams.SCHEMA);
    final List<Member> before = learner.members();
    assertEquals(before.size(), before.stream().map(Member::name).distinct().count());
    for (final Member member : before) {
      assertTrue(member.name().startsWith(label(member.kind())), member::toString);
      assertFalse(member.group().isEmpty());
    }
    learner.grow(Streams.SCHEMA.withClass("new").withFeature(Feature.numeric("more")));
    assertEquals(before, learner.members().subList(0, before.size()));
    assertEquals(
        learner.members(), LearnerImage.fromBytes(LearnerImage.toBytes(learner)).members());
    learner.learn(new double[] {0.5, 0.5, 0.5, 1, 0}, 0);
    for (int e = 0; e < learner.members().size(); e++) {
      assertTrue(learner.operations(e) > 0, learner.members().get(e).name());
    }
  }

  private static String label(final String kind) {
    return kind.equals("adaptive-tree") ? "tree-" : kind;
  }

  @ParameterizedTest
  @MethodSource("names")
  void aClassThatComesAndAFeatureThatComesAreLearned(final String preset) {
    final Learner learner = Presets.open(LearnerSpec.of(preset, 1), Schema.numeric(2, 2));
    final Prediction out = new Prediction();
    for (int t = 0; t < 600; t++) {
      learner.learn(new double[] {t % 2, 1}, t % 2);
    }
    learner.grow(learner.schema().withClass("third").withFeature(Feature.numeric("late")));
    for (int t = 0; t < 3000; t++) {
      learner.testThenTrain(new double[] {t % 3, 1, t % 3 == 2 ? 5 : 0}, t % 3, out);
    }
    learner.predict(new double[] {2, 1, 5}, out);
    assertEquals(2, out.label());
  }

  @Test
  void aPresetThatPredictsNoNumbersSaysWhyWithAReasonOfItsOwn() {
    final Set<String> reasons = new HashSet<>();
    for (final String preset : names()) {
      final LearnerSpec spec = LearnerSpec.of(preset, 1);
      final Schema numbers = Schema.ofQuantity(List.of(Feature.numeric("a")));
      if (!Presets.REGISTRY.find(preset).predicts(numbers.target())) {
        final String said =
            assertThrows(IllegalArgumentException.class, () -> Presets.open(spec, numbers))
                .getMessage();
        assertTrue(
            said.matches(
                "preset '"
                    + preset
                    + "' predicts no numbers, since .+; those that do: braid, neural, tame"),
            said);
        assertTrue(reasons.add(said.replace(preset, "")), said);
      }
    }
    assertEquals(names().size() - 3, reasons.size());
  }

  static List<String> names() {
    return Presets.names();
  }
}
