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
