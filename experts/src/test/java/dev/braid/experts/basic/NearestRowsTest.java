package dev.braid.experts.basic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestRowsTest {
  private static final int NEIGHBOURS = 10;
  private static final int ROOM = 1000;

  private final SplittableRandom random = new SplittableRandom(7);
  private final NearestRows search = new NearestRows(NEIGHBOURS);

  private float[][] columns(final int count, final boolean whole) {
    final float[][] columns = new float[count][ROOM];
    for (int c = 0; c < count; c++) {
      for (int i = 0; i < ROOM; i++) {
        columns[c][i] =
            whole || c % 3 == 2 ? random.nextInt(3) : (float) (4 * random.nextDouble() - 2);
      }
    }
    return columns;
  }

  /** Sums column by column, and sorts all rows. */
  private void assertFound(
      final float[][] columns, final float[] event, final float most, final int rows) {
    search.begin(columns.length);
    final float[] sum = new float[ROOM];
    for (int c = 0; c < columns.length; c++) {
      float low = columns[c][0];
      float high = low;
      for (final float v : columns[c]) {
        low = Math.min(low, v);
        high = Math.max(high, v);
      }
      search.count(columns[c], event[c], 0.7f, most, low, high);
      for (int i = 0; i < rows; i++) {
        final float difference = (columns[c][i] - event[c]) * 0.7f;
        sum[i] += Math.min(most, difference * difference);
      }
    }
    final int[] sorted =
        IntStream.range(0, rows)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> sum[i]))
            .mapToInt(i -> i)
            .limit(NEIGHBOURS)
            .toArray();
    final int found = search.find(rows, ROOM);
    assertEquals(sorted.length, found);
    assertArrayEquals(sorted, Arrays.copyOf(search.row, found));
    for (int n = 0; n < found; n++) {
      assertEquals(sum[sorted[n]], search.distance[n]);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1000",
    "1, 1000",
    "7, 1000",
    "20, 3",
    "20, 10",
    "20, 1000",
    "40, 1000",
    "60, 700"
  })
  void findsWhatAFullSortFinds(final int count, final int rows) {
    for (int turn = 0; turn < 20; turn++) {
      final float[][] columns = columns(count, turn % 2 == 1);
      final float[] event = new float[count];
      for (int c = 0; c < count; c++) {
        event[c] = columns[c][turn];
      }
      assertFound(columns, event, turn % 4 < 2 ? 1 : 100, rows);
    }
  }

  @Test
  void findsItWhereFewColumnsTellAllRowsApart() {
    for (int turn = 0; turn < 20; turn++) {
      final float[][] columns = columns(50, true);
      for (int i = 0; i < ROOM; i++) {
        columns[0][i] = i;
        columns[5][i] = 100 * random.nextInt(2);
      }
      final float[] event = new float[50];
      event[0] = 40 * turn;
      assertFound(columns, event, 1e6f, ROOM);
    }
  }
}
