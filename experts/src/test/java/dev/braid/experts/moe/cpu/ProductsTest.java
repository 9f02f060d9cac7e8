package dev.braid.experts.moe.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.braid.experts.moe.Products;
import dev.braid.experts.moe.spec.DenseOptions.BackendChoice;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way to multiply gives what the definition of the product gives. */
class ProductsTest {
  private static final int OFFSET = 3;

  private Products products;

  @AfterEach
  void close() {
    if (products != null) {
      products.close();
    }
  }

  static Stream<Arguments> cases() {
    final int[][] shapes = {
      {1, 1, 1}, {3, 5, 7}, {7, 515, 131}, {65, 2, 260}, {1, 1029, 9}, {2, 645, 411}
    };
    return Stream.of(BackendChoice.JAVA, BackendChoice.OPENBLAS)
        .flatMap(choice -> Stream.of(shapes).map(s -> Arguments.of(choice, s[0], s[1], s[2])));
  }

  @ParameterizedTest(name = "{0}: {1} x {2} x {3}")
  @MethodSource("cases")
  void productOfRowsAndRows(final BackendChoice choice, final int m, final int n, final int k) {
    products = OpenBlasHere.products(choice);
    final float[] a = random(m * k, 1);
    final float[] b = random(n * k, 2);
    final float[] c = random(m * n, 3);
    final float[] expected = c.clone();
    naive(m, n, k, a, k, 1, b, 1, k, true, expected);

    products.timesTransposed(m, n, k, a, OFFSET, b, OFFSET, true, c, OFFSET);

    assertArrayEquals(expected, c, 1e-4f);
  }

  @ParameterizedTest(name = "{0}: {1} x {2} x {3}")
  @MethodSource("cases")
  void productOfRowsAndColumns(final BackendChoice choice, final int m, final int n, final int k) {
    products = OpenBlasHere.products(choice);
    final float[] a = random(m * k, 1);
    final float[] b = random(n * k, 2);
    final float[] c = random(m * n, 3);
    final float[] expected = c.clone();
    naive(m, n, k, a, k, 1, b, n, 1, false, expected);

    products.times(m, n, k, a, OFFSET, b, OFFSET, c, OFFSET);

    assertArrayEquals(expected, c, 1e-4f);
  }

  @ParameterizedTest(name = "{0}: {1} x {2} x {3}")
  @MethodSource("cases")
  void productOfColumnsAndColumns(
      final BackendChoice choice, final int m, final int n, final int k) {
    products = OpenBlasHere.products(choice);
    final float[] a = random(m * k, 1);
    final float[] b = random(n * k, 2);
    final float[] c = random(m * n, 3);
    final float[] expected = c.clone();
    naive(m, n, k, a, 1, m, b, n, 1, false, expected);

    products.transposedTimes(m, n, k, a, OFFSET, b, OFFSET, c, OFFSET);

    assertArrayEquals(expected, c, 1e-4f);
  }

  @ParameterizedTest(name = "{0}: {1} x {2}")
  @MethodSource("cases")
  void sumsOfColumns(final BackendChoice choice, final int m, final int n, final int k) {
    products = OpenBlasHere.products(choice);
    final float[] a = random(m * n, 1);
    final float[] ones = new float[m + OFFSET];
    Arrays.fill(ones, 1);
    final float[] sums = random(n, 3);
    final float[] expected = sums.clone();
    naive(1, n, m, ones, m, 1, a, n, 1, false, expected);

    products.columnSums(m, n, a, OFFSET, sums, OFFSET);

    assertArrayEquals(expected, sums, 1e-4f);
  }

  @ParameterizedTest(name = "{0}: {2} of {3}")
  @MethodSource("cases")
  void anExactRowHasTheSameBitsHoweverManyComeWithIt(
      final BackendChoice choice, final int m, final int n, final int k) {
    OpenBlasHere.products(choice).close();
    products = CpuProducts.choose(choice, true);
    final int rows = 75;
    final float[] a = random(rows * k, 1);
    final float[] b = random(n * k, 2);
    final float[] whole = random(rows * n, 3);
    final float[] before = whole.clone();
    products.timesTransposed(rows, n, k, a, OFFSET, b, OFFSET, true, whole, OFFSET);
    for (final int count : new int[] {1, 2, 7, 8, 9, 13, 31, 32, 33, 63, 64, 65}) {
      final int from = 75 - count;
      final float[] part =
          Arrays.copyOfRange(before, OFFSET + from * n, OFFSET + (from + count) * n);
      products.timesTransposed(count, n, k, a, OFFSET + from * k, b, OFFSET, true, part, 0);
      assertArrayEquals(
          Arrays.copyOfRange(whole, OFFSET + from * n, OFFSET + (from + count) * n), part);
    }
  }

  private static void naive(
      final int m,
      final int n,
      final int k,
      final float[] a,
      final int aRow,
      final int aColumn,
      final float[] b,
      final int bRow,
      final int bColumn,
      final boolean add,
      final float[] c) {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = add ? c[OFFSET + i * n + j] : 0;
        for (int p = 0; p < k; p++) {
          sum += (double) a[OFFSET + i * aRow + p * aColumn] * b[OFFSET + p * bRow + j * bColumn];
        }
        c[OFFSET + i * n + j] = (float) sum;
      }
    }
  }

  /** With room for the offset before it. */
  private static float[] random(final int length, final long seed) {
    final SplittableRandom random = new SplittableRandom(seed);
    final float[] values = new float[OFFSET + length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextDouble() * 2 - 1);
    }
    return values;
  }
}
