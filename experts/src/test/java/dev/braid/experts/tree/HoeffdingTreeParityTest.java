package dev.braid.experts.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.yahoo.labs.samoa.instances.Instance;
import java.util.Random;
import moa.core.Utils;
import org.junit.jupiter.api.Test;

/**
 * Same predictions as MOA 2024.07's HoeffdingTree, event by event: the class of the largest vote,
 * the first of them in a tie.
 *
 * <p>With {@code -Dbraid.long=true} every stream is taken whole (airlines: 539,383 events) and
 * 200,000 events of each generator; without, shorter prefixes of the expensive ones.
 */
class HoeffdingTreeParityTest {
  private static final boolean LONG = Boolean.getBoolean("braid.long");
  private static final int GENERATED = LONG ? 200_000 : 50_000;
  private static final int WHOLE = Integer.MAX_VALUE;

  private static final HoeffdingTreeOptions DEFAULTS =
      HoeffdingTreeOptions.DEFAULTS.withMaxBytes(Long.MAX_VALUE);
  private static final HoeffdingTreeOptions EAGER =
      DEFAULTS.withGracePeriod(50).withSplitConfidence(1e-7);
  private static final String EAGER_MOA = "-g 50 -c 1e-7";

  @Test
  void onElectricity() {
    assertSamePredictions(MoaStream.file("electricity"), WHOLE, "", DEFAULTS);
    assertSamePredictions(MoaStream.file("electricity"), WHOLE, EAGER_MOA, EAGER);
  }

  @Test
  void onCoverTypeWithItsSevenClasses() {
    assertSamePredictions(MoaStream.file("covtype100k"), WHOLE, "", DEFAULTS);
    assertSamePredictions(MoaStream.file("covtype100k"), LONG ? WHOLE : 30_000, EAGER_MOA, EAGER);
  }

  @Test
  void onAirlinesWithItsManyNominalValues() {
    final int events = LONG ? WHOLE : 40_000;
    assertSamePredictions(MoaStream.file("airlines"), events, "", DEFAULTS);
    assertSamePredictions(MoaStream.file("airlines"), events, EAGER_MOA, EAGER);
  }

  @Test
  void onLed() {
    assertSamePredictions("generators.LEDGenerator");
  }

  @Test
  void onSea() {
    assertSamePredictions("generators.SEAGenerator");
  }

  @Test
  void onRadialBasisFunctions() {
    assertSamePredictions("generators.RandomRBFGenerator");
  }

  @Test
  void onRandomTrees() {
    assertSamePredictions("generators.RandomTreeGenerator");
  }

  @Test
  void withBinarySplits() {
    assertSamePredictions(
        MoaStream.file("airlines"), 30_000, EAGER_MOA + " -b", EAGER.withBinarySplits(true));
    assertSamePredictions(
        MoaStream.generator("generators.RandomTreeGenerator"),
        30_000,
        EAGER_MOA + " -b",
        EAGER.withBinarySplits(true));
  }

  @Test
  void withTheGiniCriterion() {
    assertSamePredictions(
        MoaStream.file("electricity"),
        WHOLE,
        EAGER_MOA + " -s GiniSplitCriterion",
        EAGER.withCriterion(SplitCriterion.GINI));
  }

  @Test
  void withMajorityClassLeavesThatDropPoorFeatures() {
    assertSamePredictions(
        MoaStream.generator("generators.RandomTreeGenerator"),
        60_000,
        EAGER_MOA + " -l MC -r",
        EAGER.withLeafPrediction(LeafPrediction.MAJORITY_CLASS).withRemovePoorFeatures(true));
  }

  @Test
  void withNaiveBayesLeavesFromAThresholdOn() {
    assertSamePredictions(
        MoaStream.file("electricity"),
        WHOLE,
        "-l NB -q 100 -t 0.01",
        DEFAULTS
            .withLeafPrediction(LeafPrediction.NAIVE_BAYES)
            .withNaiveBayesThreshold(100)
            .withTieThreshold(0.01));
  }

  @Test
  void withoutPrePruning() {
    assertSamePredictions(
        MoaStream.file("electricity"), WHOLE, EAGER_MOA + " -p", EAGER.withPrePruning(false));
  }

  @Test
  void withMissingValuesAndWeights() {
    final MoaStream stream = MoaStream.generator("generators.RandomTreeGenerator");
    final Random random = new Random(7);
    final Pair pair = new Pair(stream, EAGER_MOA, EAGER);
    for (int i = 0; i < 60_000; i++) {
      final Instance instance = stream.next().copy();
      for (int f = 0; f < pair.x.length; f++) {
        if (random.nextInt(10) == 0) {
          instance.setMissing(f);
        }
      }
      instance.setWeight(1 + random.nextInt(4));
      pair.compare(i, instance);
    }
    assertTrue(pair.ours.splits() > 10, "the trees must have grown");
  }

  private static void assertSamePredictions(final String generator) {
    assertSamePredictions(MoaStream.generator(generator), GENERATED, "", DEFAULTS);
    assertSamePredictions(MoaStream.generator(generator), GENERATED, EAGER_MOA, EAGER);
  }

  private static void assertSamePredictions(
      final MoaStream stream,
      final int events,
      final String moaOptions,
      final HoeffdingTreeOptions options) {
    final Pair pair = new Pair(stream, moaOptions, options);
    int event = 0;
    for (Instance instance = stream.next();
        instance != null && event < events;
        instance = stream.next()) {
      pair.compare(event++, instance);
    }
    assertTrue(pair.ours.splits() > 0, "the trees must have grown");
    assertEquals(pair.moas.getNodeCount(), pair.ours.tree.nodes.inUse(), "nodes");
  }

  /** The two trees over one stream. */
  private static final class Pair {
    private final moa.classifiers.trees.HoeffdingTree moas =
        new moa.classifiers.trees.HoeffdingTree();
    private final HoeffdingTree ours;
    private final double[] x;
    private final double[] probabilities;

    Pair(final MoaStream stream, final String moaOptions, final HoeffdingTreeOptions options) {
      moas.getOptions().setViaCLIString(moaOptions);
      moas.setModelContext(stream.header());
      moas.prepareForUse();
      ours = new HoeffdingTree(stream.schema(), options);
      x = new double[stream.schema().featureCount()];
      probabilities = new double[stream.schema().classCount()];
    }

    void compare(final int event, final Instance instance) {
      MoaStream.copyFeatures(instance, x);
      ours.predict(x, probabilities);
      assertEquals(
          Utils.maxIndex(moas.getVotesForInstance(instance)),
          Utils.maxIndex(probabilities),
          () -> "prediction on event " + event);
      moas.trainOnInstance(instance);
      ours.learn(x, (int) instance.classValue(), instance.weight());
    }
  }
}
