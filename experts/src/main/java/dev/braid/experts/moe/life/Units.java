package dev.braid.experts.moe.life;

import dev.braid.experts.moe.Axis;
import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.Tensor;
import java.util.Arrays;

/** The hidden units of an expert: the first axis of units that its arrays have. */
final class Units {
  private Units() {}

  /** How many there are; 0 where the kind has none. */
  static int count(final Layout layout) {
    final Axis axis = axis(layout);
    return axis == null ? 0 : axis.length(layout.inputs(), layout.outputs());
  }

  private static Axis axis(final Layout layout) {
    for (final Tensor tensor : layout.tensors()) {
      for (final Axis axis : tensor.axes()) {
        if (axis instanceof Axis.Units) {
          return axis;
        }
      }
    }
    return null;
  }

  /** Where in the parameters all of a unit lies. */
  static int[] slice(final Layout layout, final int unit) {
    return layout.slice(axis(layout), unit);
  }

  /** All units' slices. */
  static int[][] slices(final Layout layout) {
    final int[][] slices = new int[count(layout)][];
    Arrays.setAll(slices, u -> slice(layout, u));
    return slices;
  }

  /** The tensor that a parameter belongs to. */
  static String tensor(final Layout layout, final int element) {
    String last = "";
    for (final Tensor tensor : layout.tensors()) {
      if (layout.at(tensor.name()) <= element) {
        last = tensor.name();
      }
    }
    return last;
  }

  /** Cosine of two units. */
  static double cosine(final float[] a, final int[] of, final float[] b, final int[] with) {
    double dot = 0;
    double first = 1e-12;
    double second = 1e-12;
    for (int i = 0; i < of.length; i++) {
      dot += a[of[i]] * b[with[i]];
      first += a[of[i]] * a[of[i]];
      second += b[with[i]] * b[with[i]];
    }
    return dot / Math.sqrt(first * second);
  }

  /**
   * For each unit of an expert the one of another that is most like it and not taken by a unit
   * before it: greedily, most alike first.
   */
  static int[] align(final float[] a, final float[] b, final int[][] slices) {
    final int[] partner = new int[slices.length];
    final boolean[] given = new boolean[slices.length];
    final boolean[] taken = new boolean[slices.length];
    final double[][] cosines = new double[slices.length][slices.length];
    for (int u = 0; u < slices.length; u++) {
      for (int v = 0; v < slices.length; v++) {
        cosines[u][v] = cosine(a, slices[u], b, slices[v]);
      }
    }
    for (int round = 0; round < slices.length; round++) {
      int bestU = -1;
      int bestV = -1;
      for (int u = 0; u < slices.length; u++) {
        for (int v = 0; !given[u] && v < slices.length; v++) {
          if (!taken[v] && (bestU < 0 || cosines[u][v] > cosines[bestU][bestV])) {
            bestU = u;
            bestV = v;
          }
        }
      }
      given[bestU] = true;
      taken[bestV] = true;
      partner[bestU] = bestV;
    }
    return partner;
  }

  /** Mean cosine of units that were aligned. */
  static double alike(final float[] a, final float[] b, final int[][] slices, final int[] partner) {
    double sum = 0;
    for (int u = 0; u < slices.length; u++) {
      sum += cosine(a, slices[u], b, slices[partner[u]]);
    }
    return sum / slices.length;
  }
}
