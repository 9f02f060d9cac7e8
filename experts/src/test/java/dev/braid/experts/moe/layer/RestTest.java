package dev.braid.experts.moe.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.RestFigures;
import dev.braid.experts.moe.Tensor;
import dev.braid.experts.moe.rest.Rounded;
import dev.braid.experts.moe.spec.DenseBatch;
import dev.braid.experts.moe.spec.DenseMoeSpec;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.spec.DenseOptions.BackendChoice;
import dev.braid.experts.moe.spec.GateSpec;
import dev.braid.experts.moe.spec.RestSpec;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Experts that no row is sent to give up their moments, and all but a few bits of their weights.
 */
class RestTest {
  private static final int EXPERTS = 6;

  @ParameterizedTest
  @CsvSource({"8, 1", "8, 64", "8, 1000", "4, 1", "4, 65", "4, 999"})
  void aRoundedNumberIsOffByHalfAScaleAtMost(final int bits, final int length) {
    final SplittableRandom random = new SplittableRandom(length);
    final float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) (random.nextGaussian() * Math.exp(random.nextInt(5) - 3));
    }
    final float[] back = packedAndBack(values, bits);
    for (int from = 0; from < length; from += Rounded.GROUP) {
      final int to = Math.min(length, from + Rounded.GROUP);
      float largest = 0;
      for (int i = from; i < to; i++) {
        largest = Math.max(largest, Math.abs(values[i]));
      }
      final float scale = largest / (bits == 8 ? 127 : 7);
      for (int i = from; i < to; i++) {
        assertEquals(values[i], back[i], 0.5001f * scale, "number " + i);
      }
    }
  }

  @Test
  void zerosStayZeros() {
    assertArrayEquals(new float[3], packedAndBack(new float[3], 4));
  }

  private static float[] packedAndBack(final float[] values, final int bits) {
    final Layout layout = Layout.of(List.of(Tensor.zeros("w", Axis.of(values.length))), 1, 1);
    final Rounded codec = new Rounded(bits);
    final float[] back = new float[values.length];
    Arrays.fill(back, 1);
    codec.unpack(codec.pack(layout, values, null), layout, null, back);
    return back;
  }

  /** Rows of one half of the plane, for which the gate soon takes the same few experts. */
  private static void step(
      final DenseMoe layer, final DenseBatch batch, final int from, final boolean left) {
    batch.clear();
    for (int r = 0; r < batch.capacity(); r++) {
      final SplittableRandom random = new SplittableRandom(from + r);
      final double a = random.nextDouble() + 0.5;
      final double b = random.nextDouble() * 2 - 1;
      batch.add(new double[] {left ? -3 * a : 3 * a, b}, b > 0 == left ? 1 : 0);
    }
    layer.step(batch);
  }

  private static DenseMoeSpec spec(final String format) {
    return new DenseMoeSpec(
        2, 48, 2, EXPERTS, GateSpec.topK(2, 0), 5e-3, 3, RestSpec.of(format, 20));
  }

  private static DenseMoe open(final DenseMoeSpec spec, final int unpacked) {
    return DenseMoe.open(spec, new DenseOptions(BackendChoice.JAVA, 16).withUnpacked(unpacked));
  }

  private static float[] run(final DenseMoe opened, final boolean saves) {
    DenseMoe layer = opened;
    final DenseBatch batch = new DenseBatch(layer.spec(), 16, false);
    final float[] said = new float[120 * 32];
    for (int i = 0; i < 120; i++) {
      step(layer, batch, 16 * i, i / 40 % 2 == 0);
      System.arraycopy(batch.probabilities(), 0, said, 32 * i, 32);
      if (saves && i % 17 == 3) {
        layer = copy(layer);
      }
    }
    return said;
  }

  private static DenseMoe copy(final DenseMoe layer) {
    final List<ImageReader> chunks = new ArrayList<>();
    for (int b = 0; b < layer.chunkCount(); b++) {
      final ImageWriter out = new ImageWriter();
      layer.writeChunk(b, out);
      chunks.add(new ImageReader(out.toByteArray()));
    }
    return DenseMoe.read(chunks, new DenseOptions(BackendChoice.JAVA, 16));
  }

  @ParameterizedTest
  @ValueSource(strings = {"int8", "int4", "delta(4)"})
  void neitherSavingNorTheNumberAtHandChangesABit(final String format) {
    final float[] undisturbed = run(open(spec(format), 2), false);
    assertArrayEquals(undisturbed, run(open(spec(format), 0), false));
    assertArrayEquals(undisturbed, run(open(spec(format), EXPERTS), false));
    assertArrayEquals(undisturbed, run(open(spec(format), 1), true));
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 4})
  void anExpertAtRestTakesAFractionOfTheBytes(final int bits) {
    final DenseMoeSpec spec = spec(bits == 8 ? "int8" : "int4");
    final DenseMoe layer = open(spec, 0);
    final long awake = layer.rest().weightBytes();
    final DenseBatch batch = new DenseBatch(spec, 16, false);
    for (int i = 0; i < 60; i++) {
      step(layer, batch, 16 * i, true);
    }
    final int resting = layer.rest().resting();
    assertTrue(resting >= 2, resting + " rest");
    final long perExpert = awake / EXPERTS;
    final double share = bits == 8 ? 0.12 : 0.08;
    final long most = awake - (long) (resting * perExpert * (1 - share));
    assertTrue(layer.rest().weightBytes() <= most, layer.rest() + " of " + awake);
    final int[] sizes = new int[EXPERTS];
    for (int e = 0; e < EXPERTS; e++) {
      final ImageWriter out = new ImageWriter();
      layer.writeChunk(1 + e, out);
      sizes[e] = out.size();
    }
    Arrays.sort(sizes);
    assertTrue(sizes[0] < share * sizes[EXPERTS - 1], Arrays.toString(sizes));
  }

  @Test
  void expertsThatTheGateLeansToAreAtHandBeforeTheyAreAsked() {
    final DenseMoeSpec spec = spec("int8");
    final RestFigures none = figuresAfterQuestions(spec, 0);
    final RestFigures some = figuresAfterQuestions(spec, 3);
    assertEquals(0, none.hits());
    assertTrue(none.misses() >= 50, none.toString());
    assertEquals(none.misses(), some.hits() + some.misses());
    assertTrue(some.hits() > 10 * some.misses(), some.toString());
  }

  /** Learns the left half, then is asked about the right one: unlabelled rows wake nobody. */
  private static RestFigures figuresAfterQuestions(final DenseMoeSpec spec, final int unpacked) {
    final DenseMoe layer = open(spec, unpacked);
    final DenseBatch batch = new DenseBatch(spec, 16, false);
    for (int i = 0; i < 60; i++) {
      step(layer, batch, 16 * i, true);
    }
    for (int i = 0; i < 50; i++) {
      batch.clear();
      for (int r = 0; r < 16; r++) {
        batch.add(new double[] {2, 0.1 * r - 1}, -1);
      }
      layer.step(batch);
    }
    return layer.rest();
  }

  @Test
  void roundingCostsLittleOfWhatAnExpertKnew() {
    final double exact = accuracyAfterRest("none");
    final double eight = accuracyAfterRest("int8");
    final double four = accuracyAfterRest("int4");
    assertTrue(exact > 0.9, "in 32 bits " + exact);
    assertTrue(eight > exact - 0.02, eight + " with int8, " + exact + " in 32 bits");
    assertTrue(four > exact - 0.06, four + " with int4, " + exact + " in 32 bits");
  }

  /** Learns the left half, then the right one for long, and is asked about the left one. */
  private static double accuracyAfterRest(final String format) {
    final DenseMoeSpec spec = spec(format);
    final DenseMoe layer = open(spec, 0);
    final DenseBatch batch = new DenseBatch(spec, 16, false);
    for (int i = 0; i < 300; i++) {
      step(layer, batch, 16 * i, i < 200);
    }
    final DenseBatch asked = new DenseBatch(spec, 16, false);
    double right = 0;
    for (int i = 0; i < 20; i++) {
      asked.clear();
      for (int r = 0; r < 16; r++) {
        final SplittableRandom random = new SplittableRandom(90_000 + 16L * i + r);
        final double b = random.nextDouble() * 2 - 1;
        asked.add(new double[] {-3 * (random.nextDouble() + 0.5), b}, -1);
        batch.labels()[r] = b > 0 ? 1 : 0;
      }
      layer.step(asked);
      for (int r = 0; r < 16; r++) {
        right += asked.probabilities()[2 * r + batch.labels()[r]] > 0.5 ? 1 / 320.0 : 0;
      }
    }
    return right;
  }

  @Test
  void aGateThatNeedsEveryExpertLetsNoneRest() {
    assertThrows(
        IllegalArgumentException.class,
        () -> DenseMoeSpec.of(2, 4, 2, 3, GateSpec.softmax(), 1).with(RestSpec.of("int8", 5)));
  }
}
