package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.experts.basic.ExternalPrediction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Predictions of a model outside, which come with the events as features. */
class ExternalPredictionTest {
  private static final LearnerSpec SMALL =
      new LearnerSpec(
          "braid",
          3,
          Map.of(
              "experts",
              "adaptive-tree(subspace=leaf|tree)*2+knn(50)+naive-bayes(100|1000|10000)*3"
                  + "+last-label+crossed-linear+replay-network",
              "external",
              "dense, other"));

  private static Schema withPredictions() {
    final List<Feature> features = new ArrayList<>();
    features.add(Feature.numeric(ExternalPrediction.feature("other", "low")));
    features.addAll(Streams.SCHEMA.features());
    Streams.SCHEMA
        .classes()
        .forEach(name -> features.add(Feature.numeric(ExternalPrediction.feature("dense", name))));
    return new Schema(features, Streams.SCHEMA.classes());
  }

  /** An instance whose outside prediction is right nine times of ten, whatever its features say. */
  private static double[] instance(
      final double[] x, final int label, final SplittableRandom random) {
    final double[] all = new double[x.length + 4];
    System.arraycopy(x, 0, all, 1, x.length);
    final int predicted = random.nextInt(10) == 0 ? random.nextInt(3) : label;
    Arrays.fill(all, x.length + 1, x.length + 4, 0.05);
    all[x.length + 1 + predicted] = 0.9;
    return all;
  }

  @Test
  void aPredictionFromOutsideCountsLikeAnExpertsOwn() {
    final Learner learner = Presets.open(SMALL, withPredictions());
    final Streams stream = new Streams(1);
    final SplittableRandom random = new SplittableRandom(2);
    final Prediction prediction = new Prediction();
    int right = 0;
    for (int i = 0; i < 2_000; i++) {
      stream.next();
      // The features are those of other events: only the model outside knows.
      final int label = random.nextInt(3);
      learner.testThenTrain(instance(stream.x, label, random), label, prediction);
      right += i >= 1_000 && prediction.label() == label ? 1 : 0;
    }
    assertTrue(right > 880, right + " of 1000 right");
    final int dense = learner.members().size() - 2;
    assertTrue(prediction.weights()[dense] > 0.5, Arrays.toString(prediction.weights()));
  }

  @Test
  void thePoolsOwnExpertsDoNotSeeThem() {
    final Learner with = Presets.open(SMALL, withPredictions());
    final Learner without = Presets.open(SMALL, Streams.SCHEMA);
    final int own = without.members().size() - 2;
    final Streams stream = new Streams(1);
    final SplittableRandom random = new SplittableRandom(2);
    final Prediction one = new Prediction();
    final Prediction other = new Prediction();
    for (int i = 0; i < 500; i++) {
      stream.next();
      with.testThenTrain(instance(stream.x, stream.label, random), stream.label, one);
      without.testThenTrain(stream.x, stream.label, other);
      final int known = own * Streams.SCHEMA.classCount();
      assertArrayEquals(
          Arrays.copyOf(other.memberPredictions(), known),
          Arrays.copyOf(one.memberPredictions(), known));
    }
  }

  @Test
  void aRestoredLearnerTakesThemToo() {
    Learner learner = Presets.open(SMALL, withPredictions());
    final Learner undisturbed = Presets.open(SMALL, withPredictions());
    final Streams stream = new Streams(1);
    final SplittableRandom random = new SplittableRandom(2);
    final Prediction one = new Prediction();
    final Prediction other = new Prediction();
    for (int i = 0; i < 300; i++) {
      stream.next();
      final double[] x = instance(stream.x, stream.label, random);
      if (i == 100) {
        learner.grow(withPredictions().withClass("new"));
        undisturbed.grow(withPredictions().withClass("new"));
      }
      if (i % 50 == 0) {
        learner = LearnerImage.fromBytes(LearnerImage.toBytes(learner));
      }
      learner.testThenTrain(x, stream.label, one);
      undisturbed.testThenTrain(x, stream.label, other);
      assertArrayEquals(other.probabilities(), one.probabilities());
    }
  }

  @Test
  void nonsenseIsNoPrediction() {
    final ExternalPrediction outside = new ExternalPrediction(withPredictions(), "dense");
    final double[] p = new double[3];
    for (final double[] given :
        new double[][] {
          {Double.NaN, Double.NaN, Double.NaN}, {-1, 0, -2}, {0, 0, Double.POSITIVE_INFINITY}
        }) {
      final double[] x = new double[withPredictions().featureCount()];
      System.arraycopy(given, 0, x, x.length - 3, 3);
      outside.predict(x, p);
      assertEquals(1, p[0] + p[1] + p[2], 1e-12);
    }
    assertArrayEquals(new double[] {0, 0, 1}, p);
  }

  @Test
  void featuresOfAModelThatWasNotNamedAreFeatures() {
    final Schema schema =
        new Schema(
            List.of(
                Feature.numeric("a"), Feature.numeric("@dense:low"), Feature.numeric("vote:x:y")),
            List.of("low", "high"));
    final Learner learner = Presets.open(new LearnerSpec("braid", 1, Map.of()), schema);
    assertTrue(learner.members().stream().noneMatch(m -> m.kind().equals(ExternalPrediction.KIND)));
  }

  @Test
  void whatAnEventBroughtUnderAReservedNameIsCalledAnother() {
    assertEquals("@@dense:low", ExternalPrediction.escaped("@dense:low"));
    assertEquals("dense:low", ExternalPrediction.escaped("dense:low"));
    assertEquals("", ExternalPrediction.escaped(""));
  }
}
