package dev.braid.experts.moe.kind;

import dev.braid.experts.moe.FloatMath;
import dev.braid.experts.moe.Work;
import java.util.Arrays;

/**
 * Maps of low rank that the experts of a kind share, and a router that chooses some of them for a
 * row: {@code sum_a g_a P_a A_a x} over the maps of the largest linear scores, with g their
 * softmax. They lie in the shared arrays {@code a}, shape [count][rank][inputs], and {@code p},
 * shape [count][length][rank]; the router, shape [count][inputs], is the expert's or shared too.
 */
final class Adapters {
  private Adapters() {}

  /** Floats that both passes need at an offset of the scratch memory. */
  static int room(final int count, final int chosen, final int rank) {
    return count + chosen * (3 + 2 * rank);
  }

  /**
   * Adds what the maps make of a row.
   *
   * @param router an array that has the router at an offset
   * @param length numbers that come out
   * @param out receives them at an offset
   * @param scratch has {@link #room} at an offset
   */
  static void forward(
      final Work work,
      final float[] router,
      final int routerAt,
      final int count,
      final int chosen,
      final int rank,
      final int length,
      final float[] x,
      final int row,
      final float[] out,
      final int to,
      final float[] scratch,
      final int at) {
    route(work, router, routerAt, count, chosen, rank, x, row, scratch, at);
    for (int i = 0; i < chosen; i++) {
      final int p = work.sharedAt("p") + ((int) scratch[at + count + i]) * length * rank;
      final float weight = scratch[at + count + chosen + i];
      final int narrow = at + count + 2 * chosen + i * rank;
      for (int j = 0; j < length; j++) {
        out[to + j] += weight * dot(work.shared(), p + j * rank, scratch, narrow, rank);
      }
    }
  }

  /** Behind the scores of all: a row's maps, their weights, and what each makes narrow of it. */
  private static void route(
      final Work work,
      final float[] router,
      final int routerAt,
      final int count,
      final int chosen,
      final int rank,
      final float[] x,
      final int row,
      final float[] scratch,
      final int at) {
    final int d = work.inputs();
    for (int a = 0; a < count; a++) {
      scratch[at + a] = dot(router, routerAt + a * d, x, row * d, d);
    }
    final int weights = at + count + chosen;
    for (int i = 0; i < chosen; i++) {
      int best = 0;
      for (int a = 1; a < count; a++) {
        best = scratch[at + a] > scratch[at + best] ? a : best;
      }
      scratch[at + count + i] = best;
      scratch[weights + i] = scratch[at + best];
      scratch[at + best] = Float.NEGATIVE_INFINITY;
      for (int k = 0; k < rank; k++) {
        final int a = work.sharedAt("a") + (best * rank + k) * d;
        scratch[weights + chosen + i * rank + k] = dot(work.shared(), a, x, row * d, d);
      }
    }
    FloatMath.softmax(scratch, weights, chosen);
  }

  private static float dot(
      final float[] a, final int at, final float[] b, final int with, final int length) {
    float sum = 0;
    for (int i = 0; i < length; i++) {
      sum += a[at + i] * b[with + i];
    }
    return sum;
  }

  /**
   * Adds the gradient of a row to that of the maps, of the router, and of the inputs.
   *
   * @param routerGradient for the router's offset
   * @param g that of what comes out, at an offset
   * @param inputGradient null where it is not wanted
   */
  static void backward(
      final Work work,
      final float[] router,
      final float[] routerGradient,
      final int routerAt,
      final int count,
      final int chosen,
      final int rank,
      final int length,
      final float[] x,
      final int row,
      final float[] g,
      final int from,
      final float[] inputGradient,
      final float[] scratch,
      final int at) {
    route(work, router, routerAt, count, chosen, rank, x, row, scratch, at);
    final int weights = at + count + chosen;
    final int inner = weights + chosen + chosen * rank;
    float mean = 0;
    for (int i = 0; i < chosen; i++) {
      final int narrow = weights + chosen + i * rank;
      final int narrowGradient = inner + chosen + i * rank;
      final int map = (int) scratch[at + count + i];
      scratch[inner + i] =
          throughMap(
              work,
              map,
              rank,
              length,
              scratch[weights + i],
              g,
              from,
              scratch,
              narrow,
              narrowGradient);
      mean += scratch[weights + i] * scratch[inner + i];
      for (int k = 0; k < rank; k++) {
        final int a = work.sharedAt("a") + (map * rank + k) * work.inputs();
        final float own = scratch[narrowGradient + k];
        throughDot(work, work.shared(), work.sharedGradient(), a, own, x, row, inputGradient);
      }
    }
    for (int i = 0; i < chosen; i++) {
      final float own = scratch[weights + i] * (scratch[inner + i] - mean);
      final int score = routerAt + ((int) scratch[at + count + i]) * work.inputs();
      throughDot(work, router, routerGradient, score, own, x, row, inputGradient);
    }
  }

  /** Returns the inner product of what a map makes of the row and the gradient. */
  private static float throughMap(
      final Work work,
      final int map,
      final int rank,
      final int length,
      final float weight,
      final float[] g,
      final int from,
      final float[] scratch,
      final int narrow,
      final int narrowGradient) {
    Arrays.fill(scratch, narrowGradient, narrowGradient + rank, 0);
    float inner = 0;
    for (int j = 0; j < length; j++) {
      final int p = work.sharedAt("p") + (map * length + j) * rank;
      for (int k = 0; k < rank; k++) {
        inner += g[from + j] * work.shared()[p + k] * scratch[narrow + k];
        work.sharedGradient()[p + k] += weight * g[from + j] * scratch[narrow + k];
        scratch[narrowGradient + k] += weight * g[from + j] * work.shared()[p + k];
      }
    }
    return inner;
  }

  /** Of an inner product of the inputs and some weights. */
  private static void throughDot(
      final Work work,
      final float[] weights,
      final float[] gradient,
      final int at,
      final float g,
      final float[] x,
      final int row,
      final float[] inputGradient) {
    final int d = work.inputs();
    for (int i = 0; g != 0 && i < d; i++) {
      gradient[at + i] += g * x[row * d + i];
      if (inputGradient != null) {
        inputGradient[row * d + i] += g * weights[at + i];
      }
    }
  }
}
