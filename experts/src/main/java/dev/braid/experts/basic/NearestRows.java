package dev.braid.experts.basic;

import java.util.Arrays;

/**
 * Finds the rows of a window that are nearest to an event. Squared distances are summed column by
 * column, in the order of the columns and in the form the compiler turns into vector code. In wide
 * windows the first columns mostly tell: rows that are farther by these alone than enough others
 * are by all columns are left at that. Neither way changes a distance that is found.
 */
final class NearestRows {
  /** Columns that are summed before rows are left out. */
  private static final int FIRST = 12;

  /** Columns beyond these that make it worth while to look which rows can be left out. */
  private static final int WORTH = 8;

  /** One row finished by itself costs as much as so many in vectors. */
  private static final int DEARER = 8;

  /** Events for which leaving out is not tried again after it was no use, at most. */
  private static final int LONGEST_PAUSE = 64;

  final float[] distance;
  final int[] row;
  private final int neighbours;
  private int found;

  // The columns that count for the event at hand: v in a column adds its squared difference to the
  // event's value over the column's width, or the most that the column may add.
  private int columns;
  private float[][] column = {};
  private float[] value = {};
  private float[] scale = {};
  private float[] most = {};
  // Of a column without limit no value of now reaches the most that it may add.
  private boolean[] limited = {};

  private float[] sum = {};
  private int pause;
  private int nextPause;

  NearestRows(final int neighbours) {
    this.neighbours = neighbours;
    distance = new float[neighbours];
    row = new int[neighbours];
  }

  /** Begins with an event, of which no column counts yet; there are so many at most. */
  void begin(final int ofColumns) {
    columns = 0;
    if (column.length < ofColumns) {
      column = new float[ofColumns][];
      value = new float[ofColumns];
      scale = new float[ofColumns];
      most = new float[ofColumns];
      limited = new boolean[ofColumns];
    }
  }

  /**
   * One more column counts.
   *
   * @param values of all rows, none of them outside of {@code low} to {@code high}
   * @param ofEvent its value in the event
   * @param perUnit what a difference is multiplied with, above 0
   * @param atMost what the column may add
   */
  void count(
      final float[] values,
      final float ofEvent,
      final float perUnit,
      final float atMost,
      final float low,
      final float high) {
    column[columns] = values;
    value[columns] = ofEvent;
    scale[columns] = perUnit;
    most[columns] = atMost;
    // Rounding keeps the order, so that no value in between differs by more.
    final float below = (low - ofEvent) * perUnit;
    final float above = (high - ofEvent) * perUnit;
    limited[columns] = !(below * below <= atMost && above * above <= atMost);
    columns++;
  }

  /**
   * Finds the nearest of the first {@code rows} rows: {@link #row} and {@link #distance}, nearest
   * first, on a tie the lower row.
   *
   * @param room length of the columns
   * @return how many were found
   */
  int find(final int rows, final int room) {
    if (sum.length != room) {
      sum = new float[room];
    }
    Arrays.fill(sum, 0);
    if (columns < FIRST + WORTH || rows <= neighbours * DEARER || --pause > 0) {
      add(0, columns);
    } else {
      add(0, FIRST);
      sort(rows);
      finish(rows);
    }
    sort(rows);
    return found;
  }

  /** Adds the other columns, where they can matter: those nearest by now bound the others. */
  private void finish(final int rows) {
    float farthest = 0;
    for (int n = 0; n < found; n++) {
      farthest = Math.max(farthest, finished(row[n], Float.POSITIVE_INFINITY));
    }
    int open = 0;
    for (int i = 0; i < rows; i++) {
      open += sum[i] <= farthest ? 1 : 0;
    }
    if (open > rows / DEARER) {
      nextPause = Math.min(LONGEST_PAUSE, 2 * nextPause + 1);
      pause = nextPause;
      add(FIRST, columns);
    } else {
      nextPause = 0;
      pause = 0;
      for (int i = 0; i < rows; i++) {
        sum[i] = sum[i] <= farthest ? finished(i, farthest) : Float.POSITIVE_INFINITY;
      }
    }
  }

  /** The whole distance of a row, or infinity where it is beyond a bound. */
  private float finished(final int i, final float bound) {
    float whole = sum[i];
    for (int c = FIRST; c < columns; c++) {
      final float difference = (column[c][i] - value[c]) * scale[c];
      whole += Math.min(most[c], difference * difference);
      if (whole > bound) {
        return Float.POSITIVE_INFINITY;
      }
    }
    return whole;
  }

  /** Sorts the nearest of the rows by the sums of now. */
  private void sort(final int rows) {
    final int first = Math.min(rows, neighbours);
    found = 0;
    for (int i = 0; i < first; i++) {
      insert(found++, sum[i], i);
    }
    if (rows <= neighbours) {
      return;
    }
    float farthest = distance[neighbours - 1];
    for (int i = neighbours; i < rows; i++) {
      if (sum[i] < farthest) {
        insert(neighbours - 1, sum[i], i);
        farthest = distance[neighbours - 1];
      }
    }
  }

  private void insert(final int last, final float d, final int i) {
    int at = last;
    while (at > 0 && distance[at - 1] > d) {
      distance[at] = distance[at - 1];
      row[at] = row[at - 1];
      at--;
    }
    distance[at] = d;
    row[at] = i;
  }

  /** Adds what columns say to the sums of all rows. */
  private void add(final int from, final int to) {
    int c = from;
    while (c < to) {
      if (limited[c]) {
        addLimited(sum, column[c], value[c], scale[c], most[c]);
        c++;
      } else if (c + 4 <= to && !limited[c + 1] && !limited[c + 2] && !limited[c + 3]) {
        addFour(
            sum,
            column[c],
            column[c + 1],
            column[c + 2],
            column[c + 3],
            value[c],
            value[c + 1],
            value[c + 2],
            value[c + 3],
            scale[c],
            scale[c + 1],
            scale[c + 2],
            scale[c + 3]);
        c += 4;
      } else {
        addOne(sum, column[c], value[c], scale[c]);
        c++;
      }
    }
  }

  private static void addLimited(
      final float[] sum, final float[] values, final float v, final float s, final float most) {
    for (int i = 0; i < sum.length; i++) {
      final float difference = (values[i] - v) * s;
      sum[i] += Math.min(most, difference * difference);
    }
  }

  private static void addOne(
      final float[] sum, final float[] values, final float v, final float s) {
    for (int i = 0; i < sum.length; i++) {
      final float difference = (values[i] - v) * s;
      sum[i] += difference * difference;
    }
  }

  /** The same as one after the other, with a single load and store of the sums. */
  private static void addFour(
      final float[] sum,
      final float[] a,
      final float[] b,
      final float[] c,
      final float[] d,
      final float va,
      final float vb,
      final float vc,
      final float vd,
      final float sa,
      final float sb,
      final float sc,
      final float sd) {
    for (int i = 0; i < sum.length; i++) {
      final float p = (a[i] - va) * sa;
      final float q = (b[i] - vb) * sb;
      final float r = (c[i] - vc) * sc;
      final float s = (d[i] - vd) * sd;
      sum[i] = sum[i] + p * p + q * q + r * r + s * s;
    }
  }

  /** Heap bytes held for windows of so many columns and rows. */
  long sizeBytes(final int ofColumns, final int room) {
    return 128 + 8L * neighbours + 21L * ofColumns + 4L * room;
  }
}
