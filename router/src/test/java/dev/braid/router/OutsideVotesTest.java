package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.experts.basic.OutsideVote;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Votes of a model outside, which come with the events as features. */
class OutsideVotesTest {
  private static final LearnerSpec SMALL =
      new LearnerSpec("braid", 3, Map.of("trees", "2", "neighbour-window", "50"));

  private static Schema voted() {
    final List<Feature> features = new ArrayList<>();
    features.add(Feature.numeric("vote:other:low"));
    features.addAll(Streams.SCHEMA.features());
    Streams.SCHEMA
        .classes()
        .forEach(name -> features.add(Feature.numeric(OutsideVote.feature("dense", name))));
    return new Schema(features, Streams.SCHEMA.classes());
  }

  /** An instance whose outside vote is right nine times of ten, whatever its features say. */
  private static double[] instance(
      final double[] x, final int label, final SplittableRandom random) {
    final double[] all = new double[x.length + 4];
    System.arraycopy(x, 0, all, 1, x.length);
    final int said = random.nextInt(10) == 0 ? random.nextInt(3) : label;
    Arrays.fill(all, x.length + 1, x.length + 4, 0.05);
    all[x.length + 1 + said] = 0.9;
    return all;
  }

  @Test
  void aVoteFromOutsideCountsLikeAnExpertsOwn() {
    final Learner learner = Presets.open(SMALL, voted());
    final Streams stream = new Streams(1);
    final SplittableRandom random = new SplittableRandom(2);
    final Prediction prediction = new Prediction();
    int right = 0;
    for (int i = 0; i < 2_000; i++) {
      stream.next();
      // The features are those of other events: only the vote knows.
      final int label = random.nextInt(3);
      learner.testThenTrain(instance(stream.x, label, random), label, prediction);
      right += i >= 1_000 && prediction.label() == label ? 1 : 0;
    }
    assertTrue(right > 880, right + " of 1000 right");
    final int dense = learner.expertCount() - 1;
    assertTrue(prediction.weights()[dense] > 0.5, Arrays.toString(prediction.weights()));
  }

  @Test
  void thePoolsOwnExpertsDoNotSeeTheVotes() {
    final Learner with = Presets.open(SMALL, voted());
    final Learner without = Presets.open(SMALL, Streams.SCHEMA);
    final Streams stream = new Streams(1);
    final SplittableRandom random = new SplittableRandom(2);
    final Prediction one = new Prediction();
    final Prediction other = new Prediction();
    for (int i = 0; i < 500; i++) {
      stream.next();
      with.testThenTrain(instance(stream.x, stream.label, random), stream.label, one);
      without.testThenTrain(stream.x, stream.label, other);
      for (int e = 0; e < without.expertCount(); e++) {
        assertArrayEquals(other.opinions()[e], one.opinions()[e]);
      }
    }
    assertEquals(without.expertCount() + 2, with.expertCount());
  }

  @Test
  void aRestoredLearnerHearsTheVotesToo() {
    Learner learner = Presets.open(SMALL, voted());
    final Learner undisturbed = Presets.open(SMALL, voted());
    final Streams stream = new Streams(1);
    final SplittableRandom random = new SplittableRandom(2);
    final Prediction one = new Prediction();
    final Prediction other = new Prediction();
    for (int i = 0; i < 300; i++) {
      stream.next();
      final double[] x = instance(stream.x, stream.label, random);
      if (i == 100) {
        learner.grow(voted().withClass("new"));
        undisturbed.grow(voted().withClass("new"));
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
  void nonsenseForAVoteIsNoVote() {
    final OutsideVote vote = new OutsideVote(voted(), "dense");
    final double[] p = new double[3];
    for (final double[] said :
        new double[][] {
          {Double.NaN, Double.NaN, Double.NaN}, {-1, 0, -2}, {0, 0, Double.POSITIVE_INFINITY}
        }) {
      final double[] x = new double[voted().featureCount()];
      System.arraycopy(said, 0, x, x.length - 3, 3);
      vote.predict(x, p);
      assertEquals(1, p[0] + p[1] + p[2], 1e-12);
    }
    assertArrayEquals(new double[] {0, 0, 1}, p);
  }
}
