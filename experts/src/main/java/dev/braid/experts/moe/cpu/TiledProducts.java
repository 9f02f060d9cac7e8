package dev.braid.experts.moe.cpu;

import dev.braid.experts.CounterRandom;
import dev.braid.experts.moe.Products;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Computes the rows of a product with a transposed matrix, those of the pass forward, always so
 * many at a time, the last ones filled up with zeros. A library takes other kernels, which round
 * otherwise, for other shapes: this way a row gives the same bits however many rows come with it.
 * How many depends on the matrix alone: a large one is packed anew for every tile, which fewer
 * tiles save.
 *
 * <p>Some kernels round otherwise for some of their rows even so: that of OpenBLAS for AVX2 takes
 * twelve rows at once, and adds up the last six in another order. So the library is asked first,
 * once, which tile gives equal rows equal bits wherever they lie in it.
 */
final class TiledProducts implements Products {
  /** Rows of a tile, at most. */
  private static final int MOST = 32;

  private static final int MOST_OF_LARGE = 64;

  /** Numbers of a matrix from which on packing it costs more than rows that are filled up. */
  private static final int LARGE = 1 << 18;

  /** Rows and columns of the matrices that a library is asked with. */
  private static final int[][] ASKED = {
    {1, 7}, {3, 5}, {8, 16}, {16, 16}, {17, 33}, {20, 100}, {64, 64}, {33, 300}, {130, 257}
  };

  /** By library: rows of a tile, and those for a large matrix. */
  private static final Map<String, int[]> FOUND = new ConcurrentHashMap<>();

  private final int smallTile;
  private final int largeTile;
  private final Products products;
  private float[] rows = new float[0];
  private float[] results = new float[0];

  TiledProducts(final Products products) {
    this.products = products;
    final int[] found =
        FOUND.computeIfAbsent(
            products.name(),
            name -> new int[] {mostAlike(products, MOST), mostAlike(products, MOST_OF_LARGE)});
    smallTile = found[0];
    largeTile = found[1];
  }

  private static int mostAlike(final Products products, final int most) {
    int rows = most;
    while (rows > 1 && !areAlike(products, rows)) {
      rows /= 2;
    }
    return rows;
  }

  private static boolean areAlike(final Products products, final int rows) {
    return Arrays.stream(ASKED).allMatch(of -> isAlike(products, rows, of[0], of[1]));
  }

  /** Whether equal rows of a tile all give the same bits. */
  private static boolean isAlike(
      final Products products, final int tile, final int n, final int k) {
    final float[] a = new float[tile * k];
    final float[] b = new float[n * k];
    final float[] c = new float[tile * n];
    for (int i = 0; i < a.length; i++) {
      a[i] = unlike(i % k);
    }
    for (int i = 0; i < b.length; i++) {
      b[i] = unlike(k + i);
    }
    for (int i = 0; i < c.length; i++) {
      c[i] = unlike(i % n);
    }
    products.timesTransposed(tile, n, k, a, 0, b, 0, true, c, 0);
    for (int i = n; i < c.length; i++) {
      if (c[i] != c[i - n]) {
        return false;
      }
    }
    return true;
  }

  /** Numbers whose sums depend on their order. */
  private static float unlike(final int i) {
    return (float) (2 * CounterRandom.unit(1, i) - 1);
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
    final int tile = (long) n * k < LARGE ? smallTile : largeTile;
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
