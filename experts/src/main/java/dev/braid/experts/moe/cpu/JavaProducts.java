package dev.braid.experts.moe.cpu;

import dev.braid.experts.moe.Products;
import java.util.Arrays;

/**
 * Products in plain Java. The second operand is packed, panel by panel, into one array per row that
 * begins at index 0: only then does the JIT compiler turn the inner loop into vector instructions.
 */
public final class JavaProducts implements Products {
  /** Columns and depth of a panel: 256 KB, so that it stays in the second-level cache. */
  private static final int COLUMNS = 512;

  private static final int DEPTH = 128;

  /** Rows worked on at once in the inner loop. */
  private static final int UNROLL = 4;

  /** As wide and deep as was needed so far: small layers are many. */
  private final float[][] panel = new float[DEPTH][0];

  private long packed;

  private final float[] row = new float[COLUMNS];
  private final float[] factors = new float[DEPTH];

  @Override
  public String name() {
    return "plain Java";
  }

  @Override
  public long bytes() {
    return 4L * (packed + COLUMNS + DEPTH) + 16L * DEPTH;
  }

  /** Makes room in the panel. */
  private void reserve(final int depth, final int width) {
    for (int p = 0; p < depth; p++) {
      if (panel[p].length < width) {
        packed += width - panel[p].length;
        panel[p] = new float[width];
      }
    }
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
    multiply(m, n, k, a, ao, k, 1, b, bo, 1, k, add, c, co);
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
    multiply(m, n, k, a, ao, k, 1, b, bo, n, 1, false, c, co);
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
    multiply(m, n, k, a, ao, 1, m, b, bo, n, 1, false, c, co);
  }

  @Override
  public void columnSums(
      final int m, final int n, final float[] a, final int ao, final float[] sums, final int so) {
    Arrays.fill(sums, so, so + n, 0);
    for (int left = 0; left < n; left += COLUMNS) {
      final int width = Math.min(COLUMNS, n - left);
      Arrays.fill(row, 0, width, 0);
      reserve(1, width);
      for (int i = 0; i < m; i++) {
        System.arraycopy(a, ao + i * n + left, panel[0], 0, width);
        addTo(row, panel[0], width);
      }
      System.arraycopy(row, 0, sums, so + left, width);
    }
  }

  /** The element (i, p) of a lies at ao + i * aRow + p * aColumn, (p, j) of b likewise. */
  private void multiply(
      final int m,
      final int n,
      final int k,
      final float[] a,
      final int ao,
      final int aRow,
      final int aColumn,
      final float[] b,
      final int bo,
      final int bRow,
      final int bColumn,
      final boolean add,
      final float[] c,
      final int co) {
    for (int left = 0; left < n; left += COLUMNS) {
      final int width = Math.min(COLUMNS, n - left);
      for (int top = 0; top < k; top += DEPTH) {
        final int depth = Math.min(DEPTH, k - top);
        pack(b, bo + top * bRow + left * bColumn, bRow, bColumn, depth, width);
        for (int i = 0; i < m; i++) {
          final int target = co + i * n + left;
          if (top > 0 || add) {
            System.arraycopy(c, target, row, 0, width);
          } else {
            Arrays.fill(row, 0, width, 0);
          }
          for (int p = 0; p < depth; p++) {
            factors[p] = a[ao + i * aRow + (top + p) * aColumn];
          }
          accumulate(depth, width);
          System.arraycopy(row, 0, c, target, width);
        }
      }
    }
  }

  private void pack(
      final float[] b,
      final int from,
      final int bRow,
      final int bColumn,
      final int depth,
      final int width) {
    reserve(depth, width);
    if (bColumn == 1) {
      for (int p = 0; p < depth; p++) {
        System.arraycopy(b, from + p * bRow, panel[p], 0, width);
      }
      return;
    }
    for (int j = 0; j < width; j++) {
      for (int p = 0; p < depth; p++) {
        panel[p][j] = b[from + j * bColumn + p];
      }
    }
  }

  /** row += factors * panel. */
  private void accumulate(final int depth, final int width) {
    int p = 0;
    for (; p + UNROLL <= depth; p += UNROLL) {
      addFour(
          row,
          width,
          panel[p],
          panel[p + 1],
          panel[p + 2],
          panel[p + 3],
          factors[p],
          factors[p + 1],
          factors[p + 2],
          factors[p + 3]);
    }
    for (; p < depth; p++) {
      addOne(row, width, panel[p], factors[p]);
    }
  }

  private static void addFour(
      final float[] target,
      final int width,
      final float[] b0,
      final float[] b1,
      final float[] b2,
      final float[] b3,
      final float f0,
      final float f1,
      final float f2,
      final float f3) {
    for (int j = 0; j < width; j++) {
      target[j] += f0 * b0[j] + f1 * b1[j] + f2 * b2[j] + f3 * b3[j];
    }
  }

  private static void addOne(
      final float[] target, final int width, final float[] b, final float factor) {
    for (int j = 0; j < width; j++) {
      target[j] += factor * b[j];
    }
  }

  private static void addTo(final float[] target, final float[] values, final int width) {
    for (int j = 0; j < width; j++) {
      target[j] += values[j];
    }
  }
}
