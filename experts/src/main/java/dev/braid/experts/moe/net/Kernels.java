package dev.braid.experts.moe.net;

/**
 * The inner loops of the matrix products. Every array is read from index 0 with the loop's own
 * index: C2 vectorises that form, and not one with an offset in the index.
 *
 * <p>{@link Math#fma} rounds once, by definition, so that every machine gives the same bits; any
 * processor of the last ten years has it as one instruction.
 */
final class Kernels {
  private Kernels() {}

  // Inputs of a network are often 0: of a nominal feature all but one. What is 0 adds nothing, and
  // is left out where it is of use. A factor of 0 would change no bit, unless a weight is no
  // number.

  /** y += s * x. */
  static void addScaled(final float[] y, final float s, final float[] x) {
    for (int j = 0; j < y.length; j++) {
      y[j] = Math.fma(s, x[j], y[j]);
    }
  }

  /** y += a*w0 + b*w1 + c*w2 + d*w3: four multiply-adds for one load and store of y. */
  static void addScaled4(
      final float[] y,
      final float a,
      final float b,
      final float c,
      final float d,
      final float[] w0,
      final float[] w1,
      final float[] w2,
      final float[] w3) {
    for (int j = 0; j < y.length; j++) {
      y[j] = Math.fma(d, w3[j], Math.fma(c, w2[j], Math.fma(b, w1[j], Math.fma(a, w0[j], y[j]))));
    }
  }

  /**
   * The same for two targets at once, y with the factors a to d and z with e to h: each row of w is
   * loaded once for both.
   */
  static void addScaled4Twice(
      final float[] y,
      final float[] z,
      final float a,
      final float b,
      final float c,
      final float d,
      final float e,
      final float f,
      final float g,
      final float h,
      final float[] w0,
      final float[] w1,
      final float[] w2,
      final float[] w3) {
    for (int j = 0; j < y.length; j++) {
      final float p = w0[j];
      final float q = w1[j];
      final float r = w2[j];
      final float s = w3[j];
      y[j] = Math.fma(d, s, Math.fma(c, r, Math.fma(b, q, Math.fma(a, p, y[j]))));
      z[j] = Math.fma(h, s, Math.fma(g, r, Math.fma(f, q, Math.fma(e, p, z[j]))));
    }
  }

  /** {@link #addScaled4Twice} where the factors of one of the targets, or of both, are 0. */
  private static void addScaled4Once(
      final float[] y,
      final float[] z,
      final float a,
      final float b,
      final float c,
      final float d,
      final float e,
      final float f,
      final float g,
      final float h,
      final float[] w0,
      final float[] w1,
      final float[] w2,
      final float[] w3) {
    if (!areZero(a, b, c, d)) {
      addScaled4(y, a, b, c, d, w0, w1, w2, w3);
    } else if (!areZero(e, f, g, h)) {
      addScaled4(z, e, f, g, h, w0, w1, w2, w3);
    }
  }

  private static boolean areZero(final float[] x, final int k) {
    return areZero(x[k], x[k + 1], x[k + 2], x[k + 3]);
  }

  private static boolean areZero(final float a, final float b, final float c, final float d) {
    return a == 0 && b == 0 && c == 0 && d == 0;
  }

  /**
   * y += x w for one row: y[j] += sum over k of x[k] * w[k][j].
   *
   * @param sparse whether many inputs may be 0: it is a matter of time alone
   */
  static void multiplyAdd(
      final float[] x, final float[][] w, final float[] y, final int inner, final boolean sparse) {
    int k = 0;
    for (; k + 4 <= inner; k += 4) {
      if (!sparse || !areZero(x, k)) {
        addScaled4(y, x[k], x[k + 1], x[k + 2], x[k + 3], w[k], w[k + 1], w[k + 2], w[k + 3]);
      }
    }
    for (; k < inner; k++) {
      addScaled(y, x[k], w[k]);
    }
  }

  /**
   * y[r] += x[r] w, for the first {@code rows} rows. Four rows of w stay in the first-level cache
   * while all rows of y pass by.
   *
   * @param x shape [rows, inner]
   * @param w shape [inner, columns]
   * @param y shape [rows, columns]
   * @param sparse whether many inputs may be 0
   */
  static void multiplyAdd(
      final float[][] x,
      final float[][] w,
      final float[][] y,
      final int rows,
      final int inner,
      final boolean sparse) {
    int k = 0;
    for (; k + 4 <= inner; k += 4) {
      final float[] w0 = w[k];
      final float[] w1 = w[k + 1];
      final float[] w2 = w[k + 2];
      final float[] w3 = w[k + 3];
      int r = 0;
      for (; r + 2 <= rows; r += 2) {
        final float[] s = x[r];
        final float[] t = x[r + 1];
        if (sparse && (areZero(s, k) || areZero(t, k))) {
          addScaled4Once(
              y[r], y[r + 1], s[k], s[k + 1], s[k + 2], s[k + 3], t[k], t[k + 1], t[k + 2],
              t[k + 3], w0, w1, w2, w3);
        } else {
          addScaled4Twice(
              y[r], y[r + 1], s[k], s[k + 1], s[k + 2], s[k + 3], t[k], t[k + 1], t[k + 2],
              t[k + 3], w0, w1, w2, w3);
        }
      }
      for (; r < rows; r++) {
        final float[] s = x[r];
        addScaled4(y[r], s[k], s[k + 1], s[k + 2], s[k + 3], w0, w1, w2, w3);
      }
    }
    for (; k < inner; k++) {
      for (int r = 0; r < rows; r++) {
        addScaled(y[r], x[r][k], w[k]);
      }
    }
  }

  /**
   * g += x' d over the first {@code rows} rows: g[k] += sum over r of x[r][k] * d[r].
   *
   * @param x shape [rows, inner]
   * @param d shape [rows, columns]
   * @param g shape [inner, columns]
   * @param sparse whether many inputs may be 0
   */
  static void transposedMultiplyAdd(
      final float[][] x,
      final float[][] d,
      final float[][] g,
      final int rows,
      final int inner,
      final boolean sparse) {
    int r = 0;
    for (; r + 4 <= rows; r += 4) {
      final float[] x0 = x[r];
      final float[] x1 = x[r + 1];
      final float[] x2 = x[r + 2];
      final float[] x3 = x[r + 3];
      int k = 0;
      for (; k + 2 <= inner; k += 2) {
        if (sparse
            && (areZero(x0[k], x1[k], x2[k], x3[k])
                || areZero(x0[k + 1], x1[k + 1], x2[k + 1], x3[k + 1]))) {
          addScaled4Once(
              g[k], g[k + 1], x0[k], x1[k], x2[k], x3[k], x0[k + 1], x1[k + 1], x2[k + 1],
              x3[k + 1], d[r], d[r + 1], d[r + 2], d[r + 3]);
        } else {
          addScaled4Twice(
              g[k], g[k + 1], x0[k], x1[k], x2[k], x3[k], x0[k + 1], x1[k + 1], x2[k + 1],
              x3[k + 1], d[r], d[r + 1], d[r + 2], d[r + 3]);
        }
      }
      for (; k < inner; k++) {
        addScaled4(g[k], x0[k], x1[k], x2[k], x3[k], d[r], d[r + 1], d[r + 2], d[r + 3]);
      }
    }
    for (; r < rows; r++) {
      for (int k = 0; k < inner; k++) {
        addScaled(g[k], x[r][k], d[r]);
      }
    }
  }

  /** The rectified linear unit, in place. */
  static void rectify(final float[] row) {
    for (int j = 0; j < row.length; j++) {
      row[j] = Math.max(row[j], 0f);
    }
  }

  /**
   * Scales the gradient where the unit behind it was on, and stops it where the unit was off. The
   * product with a large number, cut off at 1, is 1 for any output above 0: a branch on data would
   * cost more than the matrix product beside it.
   */
  static void maskGradient(final float[] gradient, final float[] output, final float scale) {
    for (int j = 0; j < gradient.length; j++) {
      gradient[j] *= scale * Math.min(output[j] * Float.MAX_VALUE, 1f);
    }
  }
}
