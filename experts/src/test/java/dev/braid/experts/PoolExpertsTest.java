package dev.braid.experts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.experts.basic.CrossedLinear;
import dev.braid.experts.basic.LastLabel;
import dev.braid.experts.basic.NaiveBayes;
import dev.braid.experts.basic.WindowedKnn;
import dev.braid.experts.moe.expert.ReplayNetwork;
import dev.braid.experts.tree.AdaptiveTree;
import dev.braid.experts.tree.HoeffdingTreeOptions;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the experts have in common, and what each is for. */
final class PoolExpertsTest {
  private static final Schema MIXED =
      new Schema(
          List.of(
              Feature.numeric("size"),
              Feature.numeric("huge"),
              Feature.nominal("colour", "red", "green", "blue")),
          List.of("a", "b"));

  private static final HoeffdingTreeOptions TREE =
      HoeffdingTreeOptions.DEFAULTS.withGracePeriod(50).withSplitConfidence(0.01);

  enum Kind {
    NAIVE_BAYES,
    LAST_LABEL,
    WINDOWED_KNN,
    CROSSED_LINEAR,
    NEURAL,
    ADAPTIVE_TREE;

    Expert open(final Schema schema) {
      return switch (this) {
        case NAIVE_BAYES -> new NaiveBayes(schema, 200);
        case LAST_LABEL -> new LastLabel(schema);
        case WINDOWED_KNN -> new WindowedKnn(schema, 50, 5);
        case CROSSED_LINEAR -> new CrossedLinear(schema);
        case NEURAL -> new ReplayNetwork(schema, 11);
        case ADAPTIVE_TREE -> new AdaptiveTree(schema, TREE, 12);
      };
    }
  }

  /** Class 1 where size and colour say so; the huge feature is noise around 1e12. */
  private static double[] event(final SplittableRandom random, final int label) {
    return new double[] {
      random.nextDouble() + label, 1e12 + random.nextInt(5), label == 1 ? 2 : random.nextInt(2)
    };
  }

  private static void train(final Expert expert, final SplittableRandom random, final int events) {
    for (int i = 0; i < events; i++) {
      final int label = random.nextInt(2);
      expert.learn(event(random, label), label, 1);
    }
  }

  private static Expert copy(final Schema schema, final Expert expert) {
    final List<byte[]> chunks = new ArrayList<>();
    for (int b = 0; b < expert.chunkCount(); b++) {
      final ImageWriter out = new ImageWriter();
      expert.writeChunk(b, out);
      chunks.add(out.toByteArray());
    }
    return Experts.read(
        expert.kind(), schema, chunks.size(), chunk -> new ImageReader(chunks.get(chunk)));
  }

  private static void assertDistribution(final double[] p) {
    double sum = 0;
    for (final double value : p) {
      assertTrue(value >= 0, "probability " + value);
      sum += value;
    }
    assertEquals(1, sum, 1e-9);
  }

  @ParameterizedTest
  @EnumSource
  void knowsNothingBeforeTheFirstLabel(final Kind kind) {
    final double[] p = new double[2];
    kind.open(MIXED).predict(new double[] {1, 2, 0}, p);
    assertArrayEquals(new double[] {0.5, 0.5}, p, 1e-12);
  }

  @ParameterizedTest
  @EnumSource
  void goesOnBitForBitAfterItWasSavedAndReadBack(final Kind kind) {
    final Expert first = kind.open(MIXED);
    train(first, new SplittableRandom(1), 333);
    final Expert second = copy(MIXED, first);
    train(first, new SplittableRandom(2), 77);
    train(second, new SplittableRandom(2), 77);
    final double[] expected = new double[2];
    final double[] actual = new double[2];
    final SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 50; i++) {
      final double[] x = event(random, i & 1);
      first.predict(x, expected);
      second.predict(x, actual);
      assertArrayEquals(expected, actual, 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void staysADistributionWhateverComes(final Kind kind) {
    final Expert expert = kind.open(MIXED);
    final double[] odd = {
      Double.NaN, 1e308, -1e308, 1e-300, 0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e12
    };
    final double[] p = new double[2];
    final SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < 2000; i++) {
      final double[] x = {
        odd[random.nextInt(odd.length)],
        odd[random.nextInt(odd.length)],
        random.nextBoolean() ? Double.NaN : random.nextInt(9)
      };
      expert.predict(x, p);
      assertDistribution(p);
      expert.learn(x, random.nextInt(2), 1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void keepsWhatItKnewWhenTheSchemaGrows(final Kind kind) {
    final Expert expert = kind.open(MIXED);
    train(expert, new SplittableRandom(5), 400);
    final Schema grown =
        MIXED.withClass("c").withFeature(Feature.numeric("late")).withValue(2, "violet");
    expert.grow(grown);
    final double[] p = new double[3];
    for (int i = 0; i < 300; i++) {
      expert.predict(new double[] {1.5, 1e12, 2, Double.NaN}, p);
      assertDistribution(p);
      expert.learn(new double[] {9, 1e12, 3, i}, 2, 1);
    }
    expert.predict(new double[] {9, 1e12, 3, 4}, p);
    assertTrue(p[2] > 0.5, "the new class has " + p[2]);
    final double[] again = new double[3];
    copy(grown, expert).predict(new double[] {9, 1e12, 3, 4}, again);
    assertArrayEquals(p, again, 0);
  }

  @ParameterizedTest
  @EnumSource(names = "LAST_LABEL", mode = EnumSource.Mode.EXCLUDE)
  void separatesClassesThatTheFeaturesTellApart(final Kind kind) {
    final Expert expert = kind.open(MIXED);
    final SplittableRandom random = new SplittableRandom(6);
    train(expert, random, 300);
    final double[] p = new double[2];
    int right = 0;
    for (int i = 0; i < 200; i++) {
      expert.predict(event(random, i & 1), p);
      right += (p[1] > 0.5 ? 1 : 0) == (i & 1) ? 1 : 0;
    }
    assertTrue(right > 190, right + " of 200");
  }

  @Test
  void lastLabelLearnsThatLabelsAlternate() {
    final LastLabel expert = new LastLabel(MIXED);
    for (int i = 0; i < 100; i++) {
      expert.learn(new double[3], i & 1, 1);
    }
    final double[] p = new double[2];
    expert.predict(new double[3], p);
    assertTrue(p[0] > 0.9, "class 0 has " + p[0]);
  }

  @Test
  void naiveBayesWithAMemoryForgetsAnOldConcept() {
    final NaiveBayes expert = new NaiveBayes(MIXED, 100);
    for (int i = 0; i < 20_000; i++) {
      final int label = i < 19_000 ? i & 1 : 1 - (i & 1);
      expert.learn(new double[] {i & 1, 0, i & 1}, label, 1);
    }
    final double[] p = new double[2];
    expert.predict(new double[] {1, 0, 1}, p);
    assertTrue(p[0] > 0.9, "class 0 has " + p[0]);
  }

  @Test
  void neighboursTellSmallDifferencesOfLargeNumbersApart() {
    final WindowedKnn expert = new WindowedKnn(Schema.numeric(1, 2), 100, 10);
    for (int i = 0; i < 100; i++) {
      expert.learn(new double[] {1e12 + (i & 1)}, i & 1, 1);
    }
    final double[] p = new double[2];
    expert.predict(new double[] {1e12 + 1}, p);
    assertTrue(p[1] > 0.9, "class 1 has " + p[1]);
  }

  @Test
  void oneNearNeighbourOutvotesManyFarOnesAndIsLessSureThanManyNearOnes() {
    final double one = ofClassOne(1, 9);
    assertTrue(one > 0.7 && one < 0.9, "with one near neighbour it has " + one);
    final double many = ofClassOne(9, 1);
    assertTrue(many > 0.9, "with nine near neighbours it has " + many);
  }

  /** What class 1 has at a place where it has its neighbours, and class 0 others far away. */
  private static double ofClassOne(final int near, final int far) {
    final WindowedKnn expert = new WindowedKnn(Schema.numeric(1, 2), 100, 10);
    for (int i = 0; i < near + far; i++) {
      expert.learn(new double[] {i < near ? 0.01 : 1 + 0.01 * i}, i < near ? 1 : 0, 1);
    }
    final double[] p = new double[2];
    expert.predict(new double[] {0}, p);
    return p[1];
  }

  @Test
  void neighboursOfWideDataStayBounded() {
    final Schema wide = Schema.numeric(10_000, 2);
    final WindowedKnn expert = new WindowedKnn(wide, 1000, 10);
    assertTrue(expert.sizeBytes() < 4 << 20, expert.sizeBytes() + " bytes");
    final double[] p = new double[2];
    for (int i = 0; i < 100; i++) {
      final double[] x = new double[10_000];
      x[i % 2] = 1;
      expert.learn(x, i % 2, 1);
    }
    final double[] x = new double[10_000];
    x[1] = 1;
    expert.predict(x, p);
    assertTrue(p[1] > 0.9, "class 1 has " + p[1]);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-300, 1e-5, 0.7, 1, 1.5, 3e7, 1e300})
  void portableLogarithmAgreesWithTheExactOne(final double x) {
    final double exact = StrictMath.log(x);
    assertEquals(exact, PortableMath.log(x), 1e-12 * Math.max(1, Math.abs(exact)));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-600, -20, -0.3, 0, 1e-9, 0.5, 33, 600})
  void portableExponentialAgreesWithTheExactOne(final double x) {
    final double exact = StrictMath.exp(x);
    assertEquals(exact, PortableMath.exp(x), 1e-12 * exact);
  }

  @Test
  void aPredictionAtHandMakesNoDifferenceToLearning() {
    for (final Kind kind : Kind.values()) {
      final Expert alone = kind.open(MIXED);
      final Expert told = kind.open(MIXED);
      final SplittableRandom random = new SplittableRandom(8);
      final double[] expected = new double[2];
      final double[] actual = new double[2];
      for (int i = 0; i < 500; i++) {
        final double[] x = event(random, i & 1);
        told.predict(x, actual);
        alone.learn(x, i & 1, 1);
        told.learn(x, i & 1, 1, actual);
        alone.predict(x, expected);
        told.predict(x, actual);
        assertArrayEquals(expected, actual, 0, kind.name());
      }
    }
  }

  @Test
  void adaptiveTreeIsReplacedWhenTheConceptTurns() {
    final AdaptiveTree tree = new AdaptiveTree(MIXED, TREE, 3);
    final SplittableRandom random = new SplittableRandom(9);
    train(tree, random, 3000);
    assertEquals(0, tree.drainReplacements());
    for (int i = 0; i < 1000; i++) {
      final int label = random.nextInt(2);
      tree.learn(event(random, 1 - label), label, 1);
    }
    assertTrue(tree.drainReplacements() > 0);
    assertEquals(0, tree.drainReplacements());
  }

  @Test
  void crossedLinearLearnsWhatOnlyPairsTell() {
    final Schema pairs =
        new Schema(
            List.of(Feature.nominal("a", "0", "1"), Feature.nominal("b", "0", "1")),
            List.of("same", "other"));
    final CrossedLinear expert = new CrossedLinear(pairs);
    for (int i = 0; i < 400; i++) {
      expert.learn(new double[] {i & 1, i >> 1 & 1}, (i & 1) ^ (i >> 1 & 1), 1);
    }
    final double[] p = new double[2];
    for (int i = 0; i < 4; i++) {
      expert.predict(new double[] {i & 1, i >> 1 & 1}, p);
      assertTrue(p[(i & 1) ^ (i >> 1 & 1)] > 0.8, i + ": " + p[0]);
    }
  }

  @Test
  void countedRandomNumbersAreThoseOfSplittableRandom() {
    final SplittableRandom reference = new SplittableRandom(42);
    for (int n = 0; n < 10; n++) {
      assertEquals(reference.nextLong(), CounterRandom.bits(42, n));
    }
  }

  @Test
  void poissonWeightsHaveMeanSix() {
    final PoissonWeight weights = new PoissonWeight(1);
    double sum = 0;
    double squares = 0;
    for (int n = 0; n < 100_000; n++) {
      final int k = weights.of(n);
      sum += k;
      squares += (double) k * k;
    }
    final double mean = sum / 100_000;
    assertEquals(6, mean, 0.05);
    assertEquals(6, squares / 100_000 - mean * mean, 0.15);
  }
}
