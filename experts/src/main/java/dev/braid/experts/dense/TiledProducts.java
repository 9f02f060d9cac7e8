package dev.braid.experts.dense;

import java.util.Arrays;

/**
 * Computes the rows of a product with a transposed matrix, those of the pass forward, always so
 * many at a time, the last ones filled up with zeros. A library takes other kernels, which round
 * otherwise, for other shapes: this way a row gives the same bits however many rows come with it.
 */
final class TiledProducts implements Products {
  /** A multiple of what kernels take at once, so that no row of a tile is at an edge. */
  static final int TILE = 32;

  private final Products products;
  private float[] rows = new float[0];
  private float[] results = new float[0];

  TiledProducts(final Products products) {
    this.products = products;
  }

  @Override
  public String name() {
    return products.name() + ", " + TILE + " rows at a time";
  }

  @Override
  public long bytes() {
    return products.bytes() + 4L * (rows.length + results.length);
  }

  @Override
  public void timesTransposed(
      final int m,
      final int n,
      final int k,
      final float[] a,
      final int ao,
      final float[] b,
      final int bo,
      final boolean add,
      final float[] c,
      final int co) {
    int row = 0;
    for (; row + TILE <= m; row += TILE) {
      products.timesTransposed(TILE, n, k, a, ao + row * k, b, bo, add, c, co + row * n);
    }
    final int left = m - row;
    if (left == 0) {
      return;
    }
    if (rows.length < TILE * k) {
      rows = new float[TILE * k];
    }
    if (results.length < TILE * n) {
      results = new float[TILE * n];
    }
    System.arraycopy(a, ao + row * k, rows, 0, left * k);
    Arrays.fill(rows, left * k, TILE * k, 0);
    System.arraycopy(c, co + row * n, results, 0, left * n);
    Arrays.fill(results, left * n, TILE * n, 0);
    products.timesTransposed(TILE, n, k, rows, 0, b, bo, add, results, 0);
    System.arraycopy(results, 0, c, co + row * n, left * n);
  }

  @Override
  public void times(
      final int m,
      final int n,
      final int k,
      final float[] a,
      final int ao,
      final float[] b,
      final int bo,
      final float[] c,
      final int co) {
    products.times(m, n, k, a, ao, b, bo, c, co);
  }

  @Override
  public void transposedTimes(
      final int m,
      final int n,
      final int k,
      final float[] a,
      final int ao,
      final float[] b,
      final int bo,
      final float[] c,
      final int co) {
    products.transposedTimes(m, n, k, a, ao, b, bo, c, co);
  }

  @Override
  public void columnSums(
      final int m, final int n, final float[] a, final int ao, final float[] sums, final int so) {
    products.columnSums(m, n, a, ao, sums, so);
  }
}
