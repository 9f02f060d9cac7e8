package dev.braid.experts.moe.cpu;

import dev.braid.experts.moe.Products;
import java.util.Arrays;

/**
 * Computes the rows of a product with a transposed matrix, those of the pass forward, always so
 * many at a time, the last ones filled up with zeros. A library takes other kernels, which round
 * otherwise, for other shapes: this way a row gives the same bits however many rows come with it.
 * How many depends on the matrix alone: a large one is packed anew for every tile, which fewer
 * tiles save.
 */
final class TiledProducts implements Products {
  /** Multiples of what kernels take at once, so that no row of a tile is at an edge. */
  private static final int TILE = 32;

  private static final int LARGE_TILE = 64;

  /** Numbers of a matrix from which on packing it costs more than rows that are filled up. */
  private static final int LARGE = 1 << 18;

  private final Products products;
  private float[] rows = new float[0];
  private float[] results = new float[0];

  TiledProducts(final Products products) {
    this.products = products;
  }

  @Override
  public String name() {
    return products.name() + ", rows in tiles";
  }

  @Override
  public void close() {
    products.close();
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
    final int tile = (long) n * k < LARGE ? TILE : LARGE_TILE;
    int row = 0;
    for (; row + tile <= m; row += tile) {
      products.timesTransposed(tile, n, k, a, ao + row * k, b, bo, add, c, co + row * n);
    }
    final int left = m - row;
    if (left == 0) {
      return;
    }
    if (rows.length < tile * k) {
      rows = new float[tile * k];
    }
    if (results.length < tile * n) {
      results = new float[tile * n];
    }
    System.arraycopy(a, ao + row * k, rows, 0, left * k);
    Arrays.fill(rows, left * k, tile * k, 0);
    System.arraycopy(c, co + row * n, results, 0, left * n);
    Arrays.fill(results, left * n, tile * n, 0);
    products.timesTransposed(tile, n, k, rows, 0, b, bo, add, results, 0);
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
