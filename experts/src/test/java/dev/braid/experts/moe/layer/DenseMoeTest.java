package dev.braid.experts.moe.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.experts.moe.cpu.CpuMoe;
import dev.braid.experts.moe.cpu.JavaProducts;
import dev.braid.experts.moe.cpu.OpenBlasHere;
import dev.braid.experts.moe.spec.Batches;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.spec.DenseOptions.BackendChoice;
import dev.braid.experts.moe.spec.GateSpec;
import dev.braid.experts.moe.state.MoeState;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DenseMoeTest {
  private static final DenseOptions JAVA = new DenseOptions(BackendChoice.JAVA, 256);

  static Stream<GateSpec> gates() {
    return Stream.of(
        GateSpec.softmax(),
        GateSpec.topK(1, 0.01),
        GateSpec.topK(2, 0.01),
        GateSpec.sigmoid(2, 1, 0.01));
  }

  private static DenseMoeSpec spec(final GateSpec gate) {
    return new DenseMoeSpec(5, 24, 3, 4, gate, 5e-3, 17);
  }

  @ParameterizedTest
  @MethodSource("gates")
  void learnsATaskThatOneLinearLayerCannot(final GateSpec gate) {
    final DenseMoeSpec spec = spec(gate);
    final DenseMoe layer = DenseMoe.open(spec, JAVA);
    final DenseBatch batch = new DenseBatch(spec, 64, false);
    final SplittableRandom random = new SplittableRandom(1);
    double last = 0;
    for (int i = 0; i < 400; i++) {
      Batches.fill(batch, 64, 0, random);
      layer.step(batch);
      last += i >= 380 ? Batches.accuracy(batch) / 20 : 0;
    }
    assertTrue(last > 0.8, "accuracy at the end " + last);
  }

  @ParameterizedTest
  @MethodSource("gates")
  void predictsWithTheWeightsBeforeTheBatch(final GateSpec gate) {
    final DenseMoeSpec spec = spec(gate);
    final DenseBatch toLearn = Batches.random(spec, 32, 0, 4);
    final DenseBatch toPredict = new DenseBatch(spec, 32, true);
    for (int r = 0; r < 32; r++) {
      toPredict.add(row(toLearn, r), -1);
    }
    DenseMoe.open(spec, JAVA).step(toLearn);
    DenseMoe.open(spec, JAVA).step(toPredict);
    assertArrayEquals(toPredict.probabilities(), toLearn.probabilities());
    assertArrayEquals(toPredict.expertProbabilities(), toLearn.expertProbabilities());
  }

  @ParameterizedTest
  @MethodSource("gates")
  void aRowWithoutLabelTeachesNothing(final GateSpec gate) {
    final DenseMoeSpec spec = spec(gate);
    final DenseBatch all = Batches.random(spec, 30, 3, 4);
    final DenseBatch labelled = new DenseBatch(spec, 30, false);
    for (int r = 0; r < 30; r++) {
      if (all.labels()[r] >= 0) {
        labelled.add(row(all, r), all.labels()[r]);
      }
    }
    assertEquals(20, labelled.rows());
    final DenseMoe one = DenseMoe.open(spec, JAVA);
    final DenseMoe other = DenseMoe.open(spec, JAVA);
    one.step(all);
    other.step(labelled);
    assertImagesEqual(images(other), images(one));
  }

  @ParameterizedTest
  @MethodSource("gates")
  void probabilitiesAreFiniteAndSumToOneWhateverTheInput(final GateSpec gate) {
    final DenseMoeSpec spec = spec(gate);
    final DenseMoe layer = DenseMoe.open(spec, JAVA);
    final DenseBatch batch = new DenseBatch(spec, 6, true);
    final double[] odd = {Double.NaN, Double.POSITIVE_INFINITY, -Double.MAX_VALUE, 1e38, 1e-320};
    for (int step = 0; step < 50; step++) {
      batch.clear();
      for (int r = 0; r < 6; r++) {
        final int shift = r;
        batch.add(IntStream.range(0, 5).mapToDouble(i -> odd[(i + shift) % 5]).toArray(), r % 3);
      }
      layer.step(batch);
      for (int r = 0; r < 6; r++) {
        final float sum =
            batch.probabilities()[3 * r]
                + batch.probabilities()[3 * r + 1]
                + batch.probabilities()[3 * r + 2];
        assertEquals(1, sum, 1e-5);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("gates")
  void aLayerReadBackGoesOnBitForBit(final GateSpec gate) {
    final DenseMoeSpec spec = spec(gate);
    final DenseMoe undisturbed = DenseMoe.open(spec, JAVA);
    train(undisturbed, 20, 9);
    final DenseMoe restored = DenseMoe.read(readers(images(undisturbed)), JAVA);
    assertFalse(IntStream.range(0, restored.chunkCount()).anyMatch(restored::isDirty));
    train(undisturbed, 20, 10);
    train(restored, 20, 10);
    assertImagesEqual(images(undisturbed), images(restored));
  }

  @Test
  void onlyExpertsThatLearnedAreDirty() {
    final DenseMoeSpec spec = spec(GateSpec.topK(1, 0));
    final DenseMoe layer = DenseMoe.open(spec, JAVA);
    assertTrue(IntStream.range(0, layer.chunkCount()).allMatch(layer::isDirty));
    layer.markClean();
    final DenseBatch one = Batches.random(spec, 1, 0, 2);
    layer.step(one);
    final int[] dirty = IntStream.range(0, layer.chunkCount()).filter(layer::isDirty).toArray();
    final int chosen =
        IntStream.range(0, 4).filter(e -> one.load()[e] == 1).findFirst().orElseThrow();
    assertArrayEquals(new int[] {0, 1 + chosen}, dirty);
  }

  @Test
  void aBatchWithoutLabelsLeavesTheLayerClean() {
    final DenseMoeSpec spec = spec(GateSpec.softmax());
    final DenseMoe layer = DenseMoe.open(spec, JAVA);
    layer.markClean();
    final DenseBatch batch = new DenseBatch(spec, 1, false);
    batch.add(new double[5], -1);
    layer.step(batch);
    assertFalse(IntStream.range(0, layer.chunkCount()).anyMatch(layer::isDirty));
  }

  @Test
  void theBalanceLossSpreadsTheLoad() {
    final double without = largestShare(0);
    final double with = largestShare(0.1);
    assertTrue(
        with < 0.4 && with < without, with + " of the rows with it, " + without + " without");
  }

  private static double largestShare(final double balanceWeight) {
    final DenseMoeSpec spec =
        new DenseMoeSpec(
            5, 8, 3, 4, GateSpec.parse("top-k(1)/balance(" + balanceWeight + ",512)"), 5e-3, 2);
    final DenseMoe layer = DenseMoe.open(spec, JAVA);
    final DenseBatch batch = new DenseBatch(spec, 64, false);
    final SplittableRandom random = new SplittableRandom(6);
    final int[] load = new int[4];
    for (int i = 0; i < 1200; i++) {
      Batches.fill(batch, 64, 0, random);
      layer.step(batch);
      for (int e = 0; e < 4 && i >= 1150; e++) {
        load[e] += batch.load()[e];
      }
    }
    return Arrays.stream(load).max().orElseThrow() / 3200.0;
  }

  @Test
  void sharedExpertsSeeEveryRowAndChosenOnesTheirShare() {
    final DenseMoeSpec spec = spec(GateSpec.sigmoid(2, 1, 0));
    final DenseBatch batch = Batches.random(spec, 40, 0, 8);
    DenseMoe.open(spec, JAVA).step(batch);
    assertEquals(40, batch.load()[4]);
    assertEquals(80, Arrays.stream(batch.load(), 0, 4).sum());
  }

  @ParameterizedTest
  @MethodSource("gates")
  void aLayerThatGrewSaysTheSameAndLearnsWhatIsNew(final GateSpec gate) {
    final DenseMoeSpec spec = spec(gate);
    final DenseMoe layer = DenseMoe.open(spec, JAVA);
    train(layer, 20, 9);
    final DenseBatch before = Batches.random(spec, 8, 1, 3);
    layer.step(before);
    final DenseMoe grown = layer.grow(7, 4);
    final DenseBatch after = new DenseBatch(grown.spec(), 8, false);
    final DenseBatch news = new DenseBatch(grown.spec(), 8, false);
    for (int r = 0; r < 8; r++) {
      after.add(Arrays.copyOf(row(before, r), 7), -1);
      news.add(new double[] {0, 0, 0, 0, 0, 3, -3}, 3);
    }
    grown.step(after);
    for (int r = 0; r < 8; r++) {
      // The new class begins with the logit 0 and takes its share of each row.
      final float left = 1 - after.probabilities()[4 * r + 3];
      for (int j = 0; j < 3; j++) {
        assertEquals(
            before.probabilities()[3 * r + j], after.probabilities()[4 * r + j] / left, 1e-5);
      }
    }
    for (int i = 0; i < 100; i++) {
      grown.step(news);
    }
    assertTrue(news.probabilities()[3] > 0.9, "probability " + news.probabilities()[3]);
  }

  @ParameterizedTest
  @MethodSource("gates")
  void theGatesWeightsAreThoseOfTheExpertsItChose(final GateSpec gate) {
    final DenseMoeSpec spec = spec(gate);
    final DenseBatch batch = Batches.random(spec, 40, 2, 8);
    DenseMoe.open(spec, JAVA).step(batch);
    final int[] chosen = new int[4];
    for (int r = 0; r < 40; r++) {
      float sum = 0;
      for (int e = 0; e < 4; e++) {
        sum += batch.weights()[4 * r + e];
        chosen[e] += batch.weights()[4 * r + e] > 0 ? 1 : 0;
      }
      // The weight of a single one is its softmax.
      assertEquals(gate.assign().most(4) == 1 ? sum : 1, sum, 1e-5);
    }
    assertArrayEquals(Arrays.copyOf(batch.load(), 4), chosen);
  }

  @Test
  void anExpertThatSawTheRowHasItsOwnProbabilities() {
    final DenseMoeSpec spec = spec(GateSpec.topK(1, 0));
    final DenseBatch batch = Batches.random(spec, 10, 0, 8);
    DenseMoe.open(spec, JAVA).step(batch);
    for (int r = 0; r < 10; r++) {
      int voters = 0;
      for (int e = 0; e < 4; e++) {
        float sum = 0;
        for (int j = 0; j < 3; j++) {
          sum += batch.expertProbabilities()[(r * 4 + e) * 3 + j];
        }
        assertEquals(Math.round(sum), sum, 1e-5);
        voters += Math.round(sum);
      }
      assertEquals(1, voters);
    }
  }

  @Test
  void momentsOfUnitsThatDiedAreZeroAndNeverDenormal() {
    final DenseMoeSpec spec = new DenseMoeSpec(2, 4, 2, 2, GateSpec.softmax(), 0.05, 1);
    final MoeState state = MoeState.create(spec);
    final CpuMoe layer = new CpuMoe(state, new JavaProducts(), 4);
    final DenseBatch batch = new DenseBatch(spec, 4, false);
    for (int i = 0; i < 3000; i++) {
      batch.clear();
      // After the first step the second input is always 0: the gradient of its weights vanishes.
      batch.add(new double[] {i % 2 - 0.5, i == 0 ? 1 : 0}, i % 2);
      layer.submit(batch);
    }
    for (int b = 0; b < state.chunkCount(); b++) {
      for (final float m : state.weights(b).m) {
        assertTrue(m == 0 || Math.abs(m) >= Float.MIN_NORMAL, "a moment of " + m);
      }
    }
    assertEquals(0, state.expert(0).m[1]);
  }

  @ParameterizedTest
  @MethodSource("gates")
  void openBlasAndPlainJavaAgree(final GateSpec gate) {
    final DenseMoeSpec spec = spec(gate);
    final DenseMoe java = DenseMoe.open(spec, JAVA);
    final CpuMoe blas =
        new CpuMoe(MoeState.create(spec), OpenBlasHere.products(BackendChoice.OPENBLAS), 256);
    final DenseBatch one = new DenseBatch(spec, 40, false);
    final DenseBatch other = new DenseBatch(spec, 40, false);
    for (int i = 0; i < 50; i++) {
      Batches.fill(one, 40, 7, new SplittableRandom(i));
      Batches.fill(other, 40, 7, new SplittableRandom(i));
      java.step(one);
      blas.submit(other);
      assertArrayEquals(one.probabilities(), other.probabilities(), 1e-3f);
    }
  }

  /** What a job needs whose events are asked about together with others after each recovery. */
  @ParameterizedTest
  @MethodSource("gates")
  void exactOpenBlasSaysTheSameOfARowWhateverRowsComeWithIt(final GateSpec gate) {
    OpenBlasHere.products(BackendChoice.OPENBLAS);
    final DenseMoeSpec spec = new DenseMoeSpec(37, 50, 3, 4, gate, 5e-3, 17);
    try (DenseMoe layer =
        DenseMoe.open(spec, new DenseOptions(BackendChoice.OPENBLAS, 256).withExact(true))) {
      train(layer, 20, 9);
      final DenseBatch together = Batches.random(spec, 100, 1, 3);
      layer.step(together);
      for (int from = 0, rows = 1;
          from < 100;
          from += rows, rows = Math.min(rows + 5, 100 - from)) {
        final DenseBatch part = new DenseBatch(spec, rows, true);
        for (int r = from; r < from + rows; r++) {
          part.add(together, r, -1);
        }
        layer.step(part);
        final float[] probabilities = together.probabilities();
        assertArrayEquals(
            Arrays.copyOfRange(probabilities, 3 * from, 3 * (from + rows)), part.probabilities());
      }
    }
  }

  @Test
  void twoBatchesMayBeUnderWayAndAThirdIsRefused() {
    final DenseMoeSpec spec = spec(GateSpec.softmax());
    final DenseMoe layer = DenseMoe.open(spec, JAVA);
    final DenseBatch first = Batches.random(spec, 8, 0, 1);
    final DenseBatch second = Batches.random(spec, 8, 0, 2);
    layer.submit(first);
    layer.submit(second);
    assertThrows(IllegalStateException.class, () -> layer.submit(Batches.random(spec, 8, 0, 3)));
    assertThrows(IllegalStateException.class, () -> layer.await(second));
    layer.await(first);
    layer.await(second);
  }

  @Test
  void anImageOfAnotherShapeOrCutShortIsRefused() {
    final DenseMoe layer = DenseMoe.open(spec(GateSpec.softmax()), JAVA);
    final List<byte[]> images = images(layer);
    final List<byte[]> tooFew = images.subList(0, 3);
    assertThrows(MalformedImageException.class, () -> DenseMoe.read(readers(tooFew), JAVA));
    final List<byte[]> cut = new ArrayList<>(images);
    cut.set(2, Arrays.copyOf(cut.get(2), 100));
    assertThrows(MalformedImageException.class, () -> DenseMoe.read(readers(cut), JAVA));
    final List<byte[]> swapped = new ArrayList<>(images);
    swapped.set(1, images.get(2));
    assertThrows(MalformedImageException.class, () -> DenseMoe.read(readers(swapped), JAVA));
  }

  @Test
  void impossibleShapesAreRefusedInOneSentence() {
    assertThrows(IllegalArgumentException.class, () -> GateSpec.sigmoid(1, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> spec(GateSpec.topK(5, 0)));
    final DenseBatch batch = new DenseBatch(spec(GateSpec.softmax()), 1, false);
    assertThrows(IllegalArgumentException.class, () -> batch.add(new double[4], 0));
    assertThrows(IllegalArgumentException.class, () -> batch.add(new double[5], 3));
  }

  private static double[] row(final DenseBatch batch, final int r) {
    final int d = batch.spec().inputs();
    return IntStream.range(0, d).mapToDouble(i -> batch.inputs()[r * d + i]).toArray();
  }

  private static void train(final DenseMoe layer, final int steps, final long seed) {
    final DenseBatch batch = new DenseBatch(layer.spec(), 32, false);
    final SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < steps; i++) {
      Batches.fill(batch, 32, 5, random);
      layer.step(batch);
    }
  }

  private static List<byte[]> images(final DenseMoe layer) {
    final List<byte[]> images = new ArrayList<>();
    for (int b = 0; b < layer.chunkCount(); b++) {
      final ImageWriter out = new ImageWriter();
      layer.writeChunk(b, out);
      images.add(out.toByteArray());
    }
    return images;
  }

  private static List<ImageReader> readers(final List<byte[]> images) {
    return images.stream().map(ImageReader::new).toList();
  }

  private static void assertImagesEqual(final List<byte[]> expected, final List<byte[]> actual) {
    assertEquals(expected.size(), actual.size());
    for (int b = 0; b < expected.size(); b++) {
      assertArrayEquals(expected.get(b), actual.get(b), "chunk " + b);
    }
  }
}
