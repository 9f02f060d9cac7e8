package dev.braid.experts.moe;

/**
 * Single-precision matrix products over row-major arrays with offsets, on the calling thread. The
 * same calls give the same bits. Not thread-safe: one instance belongs to one layer.
 */
public interface Products extends AutoCloseable {

  /** What computes them, for the log. */
  String name();

  /** Heap bytes held for packing. */
  long bytes();

  /**
   * c = a b^T, or c += a b^T.
   *
   * @param a shape [m][k]
   * @param b shape [n][k]
   * @param c shape [m][n]
   */
  void timesTransposed(
      int m, int n, int k, float[] a, int ao, float[] b, int bo, boolean add, float[] c, int co);

  /**
   * y = x w^T + b, where w and b lie in one array of parameters: a fully connected layer.
   *
   * @param x shape [rows][in]
   * @param w offset of the weights, shape [out][in]
   * @param b offset of the biases, shape [out]
   * @param y receives shape [rows][out]
   */
  default void affine(
      final int rows,
      final int out,
      final int in,
      final float[] x,
      final float[] theta,
      final int w,
      final int b,
      final float[] y) {
    for (int r = 0; r < rows; r++) {
      System.arraycopy(theta, b, y, r * out, out);
    }
    timesTransposed(rows, out, in, x, 0, theta, w, true, y, 0);
  }

  /**
   * c = a b.
   *
   * @param a shape [m][k]
   * @param b shape [k][n]
   * @param c shape [m][n]
   */
  void times(int m, int n, int k, float[] a, int ao, float[] b, int bo, float[] c, int co);

  /**
   * c = a^T b.
   *
   * @param a shape [k][m]
   * @param b shape [k][n]
   * @param c shape [m][n]
   */
  void transposedTimes(
      int m, int n, int k, float[] a, int ao, float[] b, int bo, float[] c, int co);

  /**
   * Sums over rows.
   *
   * @param a shape [m][n]
   * @param sums receives shape [n]
   */
  void columnSums(int m, int n, float[] a, int ao, float[] sums, int so);

  /** Gives back what it holds beside the heap; of no use after it. */
  @Override
  default void close() {}
}
