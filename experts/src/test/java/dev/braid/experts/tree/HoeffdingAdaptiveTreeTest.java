package dev.braid.experts.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.yahoo.labs.samoa.instances.Instance;
import dev.braid.data.Schema;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.MalformedImageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import moa.core.Utils;
import org.junit.jupiter.api.Test;

class HoeffdingAdaptiveTreeTest {
  private static final int EVENTS = Boolean.getBoolean("braid.long") ? 200_000 : 40_000;
  private static final HoeffdingTreeOptions DEFAULTS =
      HoeffdingTreeOptions.DEFAULTS.withMaxBytes(Long.MAX_VALUE);
  private static final HoeffdingTreeOptions EAGER = DEFAULTS.withGracePeriod(50);
  private static final String DRIFTING_CENTRES = "generators.RandomRBFGeneratorDrift -s 0.001";

  @Test
  void predictsAsMoaOnElectricityWithBinarySplits() {
    final HoeffdingAdaptiveTree tree =
        assertSamePredictions(
            MoaStream.file("electricity"), "-g 50 -b", EAGER.withBinarySplits(true));
    assertTrue(tree.swaps() > 10 && tree.prunes() > 0, tree.swaps() + " swaps");
  }

  @Test
  void predictsAsMoaOnCoverTypeWithBinarySplits() {
    assertSamePredictions(MoaStream.file("covtype100k"), "-g 50 -b", EAGER.withBinarySplits(true));
  }

  @Test
  void predictsAsMoaWhereCentresMove() {
    final HoeffdingAdaptiveTree tree =
        assertSamePredictions(MoaStream.generator(DRIFTING_CENTRES), "-g 50", EAGER);
    assertTrue(tree.adaptive.begun > 10, tree.adaptive.begun + " alternates");
  }

  @Test
  void predictsAsMoaWhereTheConceptChanges() {
    final String stream =
        "ConceptDriftStream -s (generators.SEAGenerator -f 1) -d (generators.SEAGenerator -f 4)"
            + " -p 20000 -w 1000";
    final HoeffdingAdaptiveTree tree =
        assertSamePredictions(MoaStream.generator(stream), "-g 50", EAGER);
    assertTrue(tree.swaps() > 0, "no alternate took a place");
    assertSamePredictions(MoaStream.generator(stream), "", DEFAULTS);
  }

  @Test
  void givesNewValuesABranchAndLosesNoAccuracyByIt() {
    final Pair pair = new Pair(MoaStream.file("electricity"), "-g 50", EAGER);
    pair.run(Integer.MAX_VALUE, false);
    assertTrue(
        pair.ourRight > pair.moaRight - 0.003 * pair.events,
        pair.ourRight + " right, MOA " + pair.moaRight);
  }

  @Test
  void aTreeReadBackPredictsAndGoesOnLearningIdentically() {
    for (int seed = 0; seed < 40; seed++) {
      final RandomStream stream = new RandomStream(seed);
      final HoeffdingAdaptiveTree first =
          new HoeffdingAdaptiveTree(stream.schema(), cappedOptions(seed));
      final List<byte[]> saved = new ArrayList<>();
      for (int checkpoint = 0; checkpoint < 6; checkpoint++) {
        learn(stream, 1 + stream.nextInt(600), first);
        HoeffdingTreeImageTest.save(first, saved);
      }
      final HoeffdingAdaptiveTree second = read(stream.schema(), saved);
      assertEquals(first.sizeBytes(), second.sizeBytes());
      final double[] one = new double[stream.schema().classCount()];
      final double[] other = one.clone();
      for (int i = 0; i < 1_500; i++) {
        final double[] x = stream.next();
        first.predict(x, one);
        second.predict(x, other);
        assertArrayEquals(one, other);
        first.learn(x, stream.label(), 1);
        second.learn(x, stream.label(), 1);
      }
      assertEquals(first.swaps(), second.swaps());
      assertEquals(first.leaves(), second.leaves());
    }
  }

  @Test
  void probabilitiesSumToOneAndTheSizeStaysUnderTheCapWhateverTheStreamAndTheOptions() {
    for (int seed = 0; seed < 60; seed++) {
      final RandomStream stream = new RandomStream(seed);
      final HoeffdingTreeOptions options = cappedOptions(seed);
      final HoeffdingAdaptiveTree tree = new HoeffdingAdaptiveTree(stream.schema(), options);
      for (int i = 0; i < 3_000; i++) {
        final double[] x = stream.next();
        final double[] probabilities = new double[stream.schema().classCount()];
        tree.predict(x, probabilities);
        double sum = 0;
        for (final double p : probabilities) {
          assertTrue(p >= 0, "seed " + seed);
          sum += p;
        }
        assertEquals(1.0, sum, 1e-9, "seed " + seed);
        tree.learn(x, stream.label(), stream.weight());
        assertTrue(tree.sizeBytes() <= options.maxBytes(), "seed " + seed + " event " + i);
        if (seed % 2 == 0 && i % 500 == 499) {
          tree.grow(stream.grow());
        }
      }
    }
  }

  @Test
  void childrenOfSubtreesThatWereReplacedDoNotPileUp() {
    final Schema schema = Schema.numeric(3, 2);
    final HoeffdingAdaptiveTree tree =
        new HoeffdingAdaptiveTree(schema, EAGER.withTieThreshold(0.5).withGracePeriod(20));
    final Random random = new Random(1);
    long early = 0;
    for (int i = 0; i < 200_000; i++) {
      final double[] x = random.doubles(3).toArray();
      tree.learn(x, x[i / 2_000 % 3] > 0.5 ? 1 : 0, 1);
      if (i == 50_000) {
        early = tree.sizeBytes();
      }
    }
    assertTrue(tree.swaps() > 50, tree.swaps() + " swaps");
    assertTrue(tree.sizeBytes() < 4 * early, tree.sizeBytes() + " bytes after " + early);
  }

  @Test
  void anyDamagedByteIsRefused() {
    final RandomStream stream = new RandomStream(5);
    final HoeffdingAdaptiveTree tree = new HoeffdingAdaptiveTree(stream.schema(), EAGER);
    learn(stream, 3_000, tree);
    final List<byte[]> good = HoeffdingTreeImageTest.chunks(tree);
    final Random random = new Random(1);
    for (int round = 0; round < 500; round++) {
      final List<byte[]> damaged = new ArrayList<>(good);
      final int chunk = random.nextInt(good.size());
      final byte[] bytes = good.get(chunk).clone();
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
      damaged.set(chunk, bytes);
      assertThrows(MalformedImageException.class, () -> read(stream.schema(), damaged));
    }
  }

  private static HoeffdingTreeOptions cappedOptions(final int seed) {
    return HoeffdingTreePropertyTest.randomOptions(seed).withMaxBytes(25_000 + 1_000L * seed);
  }

  private static void learn(
      final RandomStream stream, final int events, final HoeffdingAdaptiveTree tree) {
    for (int i = 0; i < events; i++) {
      tree.learn(stream.next(), stream.label(), stream.weight());
    }
  }

  private static HoeffdingAdaptiveTree read(final Schema schema, final List<byte[]> chunks) {
    return HoeffdingAdaptiveTree.read(schema, chunks.size(), b -> new ImageReader(chunks.get(b)));
  }

  private static HoeffdingAdaptiveTree assertSamePredictions(
      final MoaStream stream, final String moaOptions, final HoeffdingTreeOptions options) {
    final Pair pair = new Pair(stream, moaOptions, options);
    pair.run(EVENTS, true);
    assertTrue(pair.ours.splits() > 0, "the trees must have grown");
    return pair.ours;
  }

  /** The two trees over one stream. */
  private static final class Pair {
    private final MoaStream stream;
    private final moa.classifiers.trees.HoeffdingAdaptiveTree moas =
        new moa.classifiers.trees.HoeffdingAdaptiveTree();
    private final HoeffdingAdaptiveTree ours;
    private int events;
    private int moaRight;
    private int ourRight;

    Pair(final MoaStream stream, final String moaOptions, final HoeffdingTreeOptions options) {
      this.stream = stream;
      moas.getOptions().setViaCLIString(moaOptions);
      moas.setModelContext(stream.header());
      moas.prepareForUse();
      ours = new HoeffdingAdaptiveTree(stream.schema(), options);
    }

    void run(final int most, final boolean same) {
      final double[] x = new double[stream.schema().featureCount()];
      final double[] probabilities = new double[stream.schema().classCount()];
      for (Instance instance = stream.next();
          instance != null && events < most;
          instance = stream.next()) {
        MoaStream.copyFeatures(instance, x);
        ours.predict(x, probabilities);
        final int moa = Utils.maxIndex(moas.getVotesForInstance(instance));
        final int our = Utils.maxIndex(probabilities);
        if (same) {
          final int event = events;
          assertEquals(moa, our, () -> "prediction on event " + event);
        }
        final int label = (int) instance.classValue();
        moaRight += moa == label ? 1 : 0;
        ourRight += our == label ? 1 : 0;
        moas.trainOnInstance(instance);
        ours.learn(x, label, 1);
        events++;
      }
    }
  }
}
