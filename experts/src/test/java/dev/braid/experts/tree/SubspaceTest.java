package dev.braid.experts.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.yahoo.labs.samoa.instances.Instance;
import java.util.Random;
import moa.classifiers.trees.ARFHoeffdingTree;
import moa.core.MiscUtils;
import moa.core.Utils;
import org.junit.jupiter.api.Test;

class SubspaceTest {

  @Test
  void leavesWithSubspacesPredictAsTheTreeOfMoasAdaptiveRandomForest() {
    for (int seed = 1; seed <= 3; seed++) {
      assertSamePredictions(MoaStream.file("electricity"), 3, seed);
      assertSamePredictions(MoaStream.generator("generators.RandomTreeGenerator"), 4, seed);
    }
  }

  @Test
  void theGeneratorIsThatOfTheJavaLibrary() {
    final Random library = new Random(42);
    final JavaRandom ours = new JavaRandom(42);
    for (int i = 1; i < 2_000; i++) {
      assertEquals(library.nextInt(i), ours.nextInt(i));
      assertEquals(library.nextDouble(), ours.nextDouble());
      assertEquals(MiscUtils.poisson(1.0, library), ours.nextPoisson());
    }
  }

  private static void assertSamePredictions(
      final MoaStream stream, final int features, final int seed) {
    final ARFHoeffdingTree moas = new ARFHoeffdingTree();
    moas.getOptions().setViaCLIString("-g 50 -k " + features);
    moas.setRandomSeed(seed);
    moas.setModelContext(stream.header());
    moas.prepareForUse();
    final HoeffdingTree ours =
        new HoeffdingTree(
            stream.schema(),
            HoeffdingTreeOptions.DEFAULTS
                .withGracePeriod(50)
                .withLeafSubspace(features)
                .withSeed(seed));
    final double[] x = new double[stream.schema().featureCount()];
    final double[] probabilities = new double[stream.schema().classCount()];
    final Random weights = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      final Instance instance = stream.next().copy();
      MoaStream.copyFeatures(instance, x);
      ours.predict(x, probabilities);
      assertEquals(
          Utils.maxIndex(moas.getVotesForInstance(instance)), Utils.maxIndex(probabilities));
      final int weight = MiscUtils.poisson(6.0, weights);
      if (weight > 0) {
        instance.setWeight(weight);
        moas.trainOnInstance(instance);
        ours.learn(x, (int) instance.classValue(), weight);
      }
    }
    assertTrue(ours.splits() > 3, "the trees must have grown");
  }
}
