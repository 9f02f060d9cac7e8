package dev.braid.experts.neural;

/**
 * The inner loops. Every array is read from index 0 with the loop's own index: C2 vectorises that
 * form, and not one with an offset in the index.
 */
final class Kernels {
  private Kernels() {}

  /** y += s * x. */
  static void addScaled(final float[] y, final float s, final float[] x) {
    for (int j = 0; j < y.length; j++) {
      y[j] += s * x[j];
    }
  }

  /** y += a*w0 + b*w1 + c*w2 + d*w3: four multiply-adds for one load and store of y. */
  static void addScaled4(
      final float[] y,
      final float a,
      final float[] w0,
      final float b,
      final float[] w1,
      final float c,
      final float[] w2,
      final float d,
      final float[] w3) {
    for (int j = 0; j < y.length; j++) {
      y[j] += a * w0[j] + b * w1[j] + c * w2[j] + d * w3[j];
    }
  }

  /**
   * y[r] += sum over k of x[r][k] * w[k], for the first {@code rows} rows.
   *
   * @param x shape [rows, inner]
   * @param w shape [inner, columns]
   * @param y shape [rows, columns]
   */
  static void multiplyAdd(
      final float[][] x, final float[][] w, final float[][] y, final int rows, final int inner) {
    int k = 0;
    // Four rows of w stay in the first-level cache while all rows of y pass by.
    for (; k + 4 <= inner; k += 4) {
      for (int r = 0; r < rows; r++) {
        final float[] xr = x[r];
        addScaled4(
            y[r], xr[k], w[k], xr[k + 1], w[k + 1], xr[k + 2], w[k + 2], xr[k + 3], w[k + 3]);
      }
    }
    for (; k < inner; k++) {
      for (int r = 0; r < rows; r++) {
        addScaled(y[r], x[r][k], w[k]);
      }
    }
  }

  /**
   * g[k] += sum over r of x[r][k] * d[r], for the first {@code rows} rows: the transposed product.
   *
   * @param x shape [rows, inner]
   * @param d shape [rows, columns]
   * @param g shape [inner, columns]
   */
  static void transposedMultiplyAdd(
      final float[][] x, final float[][] d, final float[][] g, final int rows, final int inner) {
    int r = 0;
    for (; r + 4 <= rows; r += 4) {
      for (int k = 0; k < inner; k++) {
        addScaled4(
            g[k],
            x[r][k],
            d[r],
            x[r + 1][k],
            d[r + 1],
            x[r + 2][k],
            d[r + 2],
            x[r + 3][k],
            d[r + 3]);
      }
    }
    for (; r < rows; r++) {
      for (int k = 0; k < inner; k++) {
        addScaled(g[k], x[r][k], d[r]);
      }
    }
  }
}
