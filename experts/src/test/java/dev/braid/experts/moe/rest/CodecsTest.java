package dev.braid.experts.moe.rest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Codec;
import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Forms of weights at rest that are no rounding: what tells each from the others. */
class CodecsTest {
  private static final Layout MATRIX =
      Layout.of(
          List.of(
              Tensor.zeros("w", Axis.units(20), Axis.of(30)), Tensor.zeros("b", Axis.units(20))),
          1,
          1);

  private final SplittableRandom random = new SplittableRandom(3);

  private float[] randoms(final int length) {
    final float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static float[] packedAndBack(
      final Codec codec, final Layout layout, final float[] theta) {
    final byte[] packed = codec.pack(layout, theta, null);
    assertEquals(codec.bytes(layout), packed.length);
    final float[] back = new float[theta.length];
    Arrays.fill(back, Float.NaN);
    codec.unpack(packed, layout, null, back);
    return back;
  }

  @Test
  void aMatrixOfLowRankComesBackFromItsTwoNarrowOnes() {
    final float[][] u = {randoms(20), randoms(20)};
    final float[][] v = {randoms(30), randoms(30)};
    final float[] theta = randoms(MATRIX.size());
    for (int i = 0; i < 600; i++) {
      theta[i] = 3 * u[0][i / 30] * v[0][i % 30] + u[1][i / 30] * v[1][i % 30];
    }
    assertArrayEquals(theta, packedAndBack(new LowRank(2), MATRIX, theta), 1e-4f);
    assertEquals(4 * (2 * (20 + 30) + 20), new LowRank(2).bytes(MATRIX));
  }

  @Test
  void ofAnyMatrixLowRankKeepsTheLargestPart() {
    final float[] theta = randoms(MATRIX.size());
    double before = Double.POSITIVE_INFINITY;
    for (int rank = 1; rank < 12; rank += 5) {
      final float[] back = packedAndBack(new LowRank(rank), MATRIX, theta);
      double off = 0;
      for (int i = 0; i < 600; i++) {
        off += (back[i] - theta[i]) * (back[i] - theta[i]);
      }
      assertTrue(off < 0.95 * before, off + " at rank " + rank);
      before = off;
    }
  }

  @Test
  void whereNarrowMatricesTakeMoreTheWeightsStayAsTheyAre() {
    final float[] theta = randoms(MATRIX.size());
    assertArrayEquals(theta, packedAndBack(new LowRank(12), MATRIX, theta));
    assertArrayEquals(new float[620], packedAndBack(new LowRank(2), MATRIX, new float[620]));
  }

  @Test
  void subBitKeepsTheSignsOfTheFourLargestOfEachThirtyTwo() {
    final float[] theta = randoms(MATRIX.size());
    final float[] back = packedAndBack(new SubBit(), MATRIX, theta);
    for (int from = 0; from < theta.length; from += 32) {
      final int end = Math.min(theta.length, from + 32);
      float smallestKept = Float.POSITIVE_INFINITY;
      float largestLost = 0;
      int kept = 0;
      for (int i = from; i < end; i++) {
        if (back[i] == 0) {
          largestLost = Math.max(largestLost, Math.abs(theta[i]));
        } else {
          assertEquals(Math.signum(theta[i]), Math.signum(back[i]));
          smallestKept = Math.min(smallestKept, Math.abs(theta[i]));
          kept++;
        }
      }
      assertEquals(4, kept);
      assertTrue(largestLost <= smallestKept);
    }
    assertTrue(8.0 * new SubBit().bytes(MATRIX) / MATRIX.size() < 1, "less than a bit a weight");
  }

  @Test
  void subBitHasAWordForEveryPatternAndKeepsZeros() {
    final Layout layout = Layout.of(List.of(Tensor.zeros("w", Axis.of(33))), 1, 1);
    for (int round = 0; round < 300; round++) {
      final float[] theta = new float[33];
      for (int k = random.nextInt(5); k > 0; k--) {
        theta[random.nextInt(32)] = random.nextBoolean() ? 2 : -2;
      }
      theta[32] = round % 2 == 0 ? 2 : 0;
      assertArrayEquals(theta, packedAndBack(new SubBit(), layout, theta));
    }
  }
}
