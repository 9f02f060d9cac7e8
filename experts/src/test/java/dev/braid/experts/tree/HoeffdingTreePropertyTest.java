package dev.braid.experts.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HoeffdingTreePropertyTest {
  private static final int STREAMS = 60;
  private static final int EVENTS = 3_000;
  private static final List<SplitCriterion> CRITERIA = List.of(SplitCriterion.values());
  private static final List<LeafPrediction> LEAVES = List.of(LeafPrediction.values());

  @Test
  void probabilitiesAreFiniteAndSumToOneWhateverTheStreamAndTheOptions() {
    for (int seed = 0; seed < STREAMS; seed++) {
      final RandomStream stream = new RandomStream(seed);
      final HoeffdingTree tree = new HoeffdingTree(stream.schema(), randomOptions(seed));
      for (int i = 0; i < EVENTS; i++) {
        final double[] x = stream.next();
        assertProbabilities(tree, stream.schema(), x, seed);
        tree.learn(x, stream.label(), stream.weight());
        if (i % 400 == 399) {
          tree.grow(stream.grow());
        }
      }
    }
  }

  @Test
  void theSizeNeverExceedsTheCap() {
    for (int seed = 0; seed < STREAMS; seed++) {
      final RandomStream stream = new RandomStream(seed);
      final long cap = 12_000 + 700L * seed;
      final HoeffdingTree tree =
          new HoeffdingTree(stream.schema(), randomOptions(seed).withMaxBytes(cap));
      for (int i = 0; i < EVENTS; i++) {
        tree.learn(stream.next(), stream.label(), stream.weight());
        assertTrue(tree.sizeBytes() <= cap, "seed " + seed + " event " + i);
      }
    }
  }

  @Test
  void underATightCapTheTreeStillLearns() {
    final MoaStream stream = MoaStream.generator("generators.RandomTreeGenerator");
    final HoeffdingTreeOptions eager = HoeffdingTreeOptions.DEFAULTS.withGracePeriod(50);
    final HoeffdingTree capped = new HoeffdingTree(stream.schema(), eager.withMaxBytes(20_000));
    final HoeffdingTree stopped =
        new HoeffdingTree(stream.schema(), eager.withMaxBytes(20_000).withStopAtMaxBytes(true));
    final double[] x = new double[stream.schema().featureCount()];
    final double[] probabilities = new double[stream.schema().classCount()];
    final int[] right = new int[2];
    for (int i = 0; i < 40_000; i++) {
      final var instance = stream.next();
      MoaStream.copyFeatures(instance, x);
      final int label = (int) instance.classValue();
      final HoeffdingTree[] trees = {capped, stopped};
      for (int t = 0; t < 2; t++) {
        trees[t].predict(x, probabilities);
        right[t] += probabilities[label] > 0.5 ? 1 : 0;
        trees[t].learn(x, label, 1);
      }
    }
    assertTrue(capped.tree.activeLeaves < capped.leaves(), "the cap must bind");
    assertTrue(right[0] > 0.75 * 40_000, "right: " + right[0]);
    assertTrue(right[1] > 0.65 * 40_000, "right: " + right[1]);
    assertTrue(capped.splits() > stopped.splits());
  }

  @Test
  void refusesACapBelowAnEmptyTree() {
    final HoeffdingTreeOptions options = HoeffdingTreeOptions.DEFAULTS.withMaxBytes(1024);
    assertThrows(
        IllegalArgumentException.class, () -> new HoeffdingTree(Schema.numeric(100, 10), options));
  }

  @Test
  void aNewClassIsPredictedOnceItWasLearned() {
    final Schema two = Schema.numeric(1, 2);
    final HoeffdingTree tree = new HoeffdingTree(two, HoeffdingTreeOptions.DEFAULTS);
    final Random random = new Random(1);
    for (int i = 0; i < 1_000; i++) {
      final int label = random.nextInt(2);
      tree.learn(new double[] {label * 10 + random.nextGaussian()}, label, 1);
    }
    tree.grow(two.withClass("2"));
    for (int i = 0; i < 1_000; i++) {
      tree.learn(new double[] {20 + random.nextGaussian()}, 2, 1);
    }
    final double[] probabilities = new double[3];
    tree.predict(new double[] {20}, probabilities);
    assertTrue(probabilities[2] > 0.9);
    tree.predict(new double[] {0}, probabilities);
    assertTrue(probabilities[0] > 0.9);
  }

  @Test
  void aNewValueOfAFeatureAlreadySplitOnGetsALeaf() {
    Schema schema = new Schema(List.of(Feature.nominal("f", "v0", "v1")), List.of("a", "b"));
    final HoeffdingTree tree =
        new HoeffdingTree(schema, HoeffdingTreeOptions.DEFAULTS.withGracePeriod(20));
    for (int i = 0; i < 2_000; i++) {
      tree.learn(new double[] {i % 2}, i % 2, 1);
    }
    final int leaves = tree.leaves();
    assertTrue(leaves >= 2);
    for (int value = 2; value < 40; value++) {
      schema = schema.withValue(0, "v" + value);
      tree.grow(schema);
      tree.learn(new double[] {value}, 1, 1);
    }
    assertEquals(leaves + 38, tree.leaves());
    final double[] probabilities = new double[2];
    tree.predict(new double[] {39}, probabilities);
    assertArrayEquals(new double[] {0, 1}, probabilities);
  }

  @Test
  void aValueTheSchemaDoesNotKnowCountsAsMissing() {
    final Schema schema = new Schema(List.of(Feature.nominal("f", "v0", "v1")), List.of("a", "b"));
    final HoeffdingTree tree =
        new HoeffdingTree(schema, HoeffdingTreeOptions.DEFAULTS.withGracePeriod(20));
    for (int i = 0; i < 2_000; i++) {
      tree.learn(new double[] {i % 2}, i % 2, 1);
    }
    final double[] unknown = new double[2];
    final double[] missing = new double[2];
    tree.predict(new double[] {Double.NaN}, missing);
    for (final double value : new double[] {2, -1, 1e12}) {
      tree.learn(new double[] {value}, 0, 1);
      tree.predict(new double[] {value}, unknown);
      assertArrayEquals(missing, unknown);
    }
  }

  @Test
  void aTreeSubspaceHidesAllOtherFeatures() {
    final Schema schema = Schema.numeric(6, 2);
    final HoeffdingTreeOptions options =
        HoeffdingTreeOptions.DEFAULTS.withGracePeriod(20).withTreeSubspace(2).withSeed(3);
    final HoeffdingTree tree = new HoeffdingTree(schema, options);
    final Random random = new Random(1);
    final double[] x = new double[6];
    for (int i = 0; i < 3_000; i++) {
      for (int f = 0; f < 6; f++) {
        x[f] = i % 2 + random.nextGaussian();
      }
      tree.learn(x, i % 2, 1);
    }
    int seen = 0;
    final double[] before = new double[2];
    final double[] after = new double[2];
    tree.predict(x, before);
    for (int f = 0; f < 6; f++) {
      final double[] changed = x.clone();
      changed[f] = -50;
      tree.predict(changed, after);
      seen += before[0] == after[0] ? 0 : 1;
    }
    assertTrue(seen <= 2, seen + " features have an influence");
  }

  static HoeffdingTreeOptions randomOptions(final long seed) {
    final Random random = new Random(seed * 31 + 7);
    return HoeffdingTreeOptions.DEFAULTS
        .withGracePeriod(1 + random.nextInt(60))
        .withSplitConfidence(Math.pow(10, -6 * random.nextDouble()))
        .withTieThreshold(random.nextDouble())
        .withCriterion(CRITERIA.get(random.nextInt(2)))
        .withLeafPrediction(LEAVES.get(random.nextInt(3)))
        .withNaiveBayesThreshold(random.nextInt(50))
        .withBinarySplits(random.nextBoolean())
        .withRemovePoorFeatures(random.nextBoolean())
        .withPrePruning(random.nextBoolean())
        .withStopAtMaxBytes(random.nextInt(4) == 0)
        .withLeafSubspace(random.nextInt(4))
        .withTreeSubspace(random.nextInt(5))
        .withSeed(seed);
  }

  private static void assertProbabilities(
      final HoeffdingTree tree, final Schema schema, final double[] x, final int seed) {
    final double[] probabilities = new double[schema.classCount()];
    tree.predict(x, probabilities);
    double sum = 0;
    for (final double p : probabilities) {
      assertTrue(p >= 0 && p <= 1.0 + 1e-12, "seed " + seed + ": " + p);
      sum += p;
    }
    assertEquals(1.0, sum, 1e-9, "seed " + seed);
  }
}
