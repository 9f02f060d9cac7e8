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

  /** Columns of a wide window. */
  static final int WIDE = FIRST + WORTH;

  /** Rows whose sums stay in the first-level cache while column after column is added. */
  private static final int BLOCK = 1024;

  /** One row finished by itself costs as much as so many in vectors. */
  private static final int DEARER = 8;

  /** Events for which leaving out is not tried again after it was no use, at most. */
  private static final int LONGEST_PAUSE = 64;

  /** Events that {@link #usual} is about. */
  private static final int USUAL_MEMORY = 16;

  /** Less than what rounding may leave of a sum of ones. */
  private static final float NEARLY = 1 - 1e-4f;

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

  // Columns of two values behind them, or null: each that differs adds 1. What they are in the
  // event, and which of them count.
  private PairColumns pairs;
  private long ones;
  private long known;

  private float[] sum = {};

  // Rows that are not left out, and what the nearest ones are not beyond.
  private int[] open = {};
  private float bound;

  /** How far the last of the nearest rows mostly is; a matter of time alone. */
  private float usual;

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
    pairs = null;
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
   * Columns of two values count too, behind all others, of which there are fewer than {@link
   * #WIDE}.
   *
   * @param ofEvent columns that are 1 in the event
   * @param notMissing columns that count
   */
  void count(final PairColumns columns, final long ofEvent, final long notMissing) {
    pairs = columns;
    ones = ofEvent;
    known = notMissing;
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
    if (columns < WIDE || rows <= neighbours * DEARER || --pause > 0) {
      begin(0, columns, rows);
      sort(rows);
      return found;
    }
    begin(0, FIRST, rows);
    if (open.length < room) {
      open = new int[room];
    }
    int left = leaveOut(rows, finished(rows));
    if (left > rows / DEARER) {
      // Those nearest by the first columns bound the others better than those of the event before.
      sort(rows);
      left = leaveOut(rows, finished(rows));
    }
    if (left > rows / DEARER) {
      nextPause = Math.min(LONGEST_PAUSE, 2 * nextPause + 1);
      pause = nextPause;
      add(FIRST, columns, 0, rows);
      sort(rows);
    } else {
      nextPause = 0;
      pause = 0;
      finish(left);
    }
    return found;
  }

  /** The farthest of the rows found last by all columns, infinity if they are too few. */
  private float finished(final int rows) {
    float farthest = 0;
    for (int n = 0; n < neighbours; n++) {
      if (n >= found || row[n] >= rows) {
        return Float.POSITIVE_INFINITY;
      }
      float whole = sum[row[n]];
      for (int c = FIRST; c < columns; c++) {
        final float difference = (column[c][row[n]] - value[c]) * scale[c];
        whole += Math.min(most[c], difference * difference);
      }
      farthest = Math.max(farthest, whole);
    }
    bound = farthest;
    return farthest;
  }

  /** Lists the rows that are not beyond a bound yet; how many. */
  private int leaveOut(final int rows, final float beyond) {
    final float[] sums = sum;
    final int[] list = open;
    int left = 0;
    for (int i = 0; i < rows; i++) {
      list[left] = i;
      left += sums[i] <= beyond ? 1 : 0;
    }
    return left;
  }

  /** Adds the other columns of the rows listed, and sorts the nearest of these. */
  private void finish(final int listed) {
    final float[] sums = sum;
    final int[] list = open;
    int left = listed;
    for (int c = FIRST; c < columns; c++) {
      final float[] values = column[c];
      final float v = value[c];
      final float s = scale[c];
      final float atMost = limited[c] ? most[c] : Float.POSITIVE_INFINITY;
      for (int n = 0; n < left; n++) {
        final float difference = (values[list[n]] - v) * s;
        sums[list[n]] += Math.min(atMost, difference * difference);
      }
      if ((c - FIRST) % WORTH == WORTH - 1) {
        left = leaveOutListed(left);
      }
    }
    found = 0;
    for (int n = 0; n < left; n++) {
      final int i = open[n];
      if (found < neighbours) {
        insert(found++, sum[i], i);
      } else if (sum[i] < distance[neighbours - 1]) {
        insert(neighbours - 1, sum[i], i);
      }
    }
  }

  private int leaveOutListed(final int listed) {
    int left = 0;
    for (int n = 0; n < listed; n++) {
      final int i = open[n];
      open[left] = i;
      left += sum[i] <= bound ? 1 : 0;
    }
    return left;
  }

  /**
   * Sorts the nearest of the rows by the sums of now. Rows beyond what is usual are passed over at
   * first; where too few are left, the others are looked at as well.
   */
  private void sort(final int rows) {
    final float atMost = farthest(rows);
    sort(rows, Math.min(atMost, 2 * usual));
    if (found < Math.min(rows, neighbours)) {
      sort(rows, atMost);
    }
    if (found > 0) {
      final float last = Math.min(Float.MAX_VALUE / 4, distance[found - 1]);
      usual += (last - usual) / USUAL_MEMORY;
    }
  }

  private void sort(final int rows, final float atMost) {
    found = 0;
    int i = next(0, rows, atMost);
    for (; i < rows && found < neighbours; i = next(i + 1, rows, atMost)) {
      final float whole = whole(i, atMost);
      if (whole <= atMost) {
        insert(found++, whole, i);
      }
    }
    // On a tie the lower row stays, which is there already.
    while (i < rows) {
      final float whole = whole(i, distance[neighbours - 1]);
      if (whole < distance[neighbours - 1]) {
        insert(neighbours - 1, whole, i);
      }
      i = next(i + 1, rows, distance[neighbours - 1]);
    }
  }

  /**
   * The sum of a row with what the columns of two values add, one after the other; or what is
   * beyond a limit as it is. To add all at once differs by little.
   */
  private float whole(final int i, final float limit) {
    float whole = sum[i];
    if (pairs == null) {
      return whole;
    }
    final int differing = pairs.differing(i, ones, known);
    if ((whole + differing) * NEARLY > limit) {
      return Float.POSITIVE_INFINITY;
    }
    for (int more = differing; more > 0; more--) {
      whole += 1;
    }
    return whole;
  }

  /** The next row whose sum is not beyond a limit. */
  private int next(final int from, final int rows, final float limit) {
    final float[] sums = sum;
    int i = from;
    while (i + 4 <= rows
        && !(sums[i] <= limit)
        && !(sums[i + 1] <= limit)
        && !(sums[i + 2] <= limit)
        && !(sums[i + 3] <= limit)) {
      i += 4;
    }
    while (i < rows && !(sums[i] <= limit)) {
      i++;
    }
    return i;
  }

  /**
   * What the nearest rows cannot be beyond: the farthest of as many others is not nearer than the
   * farthest of them. Those of the event before are mostly near this one too.
   */
  private float farthest(final int rows) {
    float farthest = 0;
    for (int n = 0; n < neighbours; n++) {
      if (n >= found || row[n] >= rows) {
        return Float.POSITIVE_INFINITY;
      }
      farthest = Math.max(farthest, whole(row[n], Float.POSITIVE_INFINITY));
    }
    return farthest;
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

  /** Makes what columns say the sums of the first rows. */
  private void begin(final int from, final int to, final int rows) {
    for (int first = 0; first < rows; first += BLOCK) {
      final int end = Math.min(rows, first + BLOCK);
      Arrays.fill(sum, first, end, 0);
      add(from, to, first, end);
    }
  }

  /** Adds what columns say to the sums of some rows. */
  private void add(final int from, final int to, final int first, final int end) {
    int c = from;
    while (c < to) {
      if (limited[c]) {
        addLimited(sum, column[c], value[c], scale[c], most[c], first, end);
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
            scale[c + 3],
            first,
            end);
        c += 4;
      } else {
        addOne(sum, column[c], value[c], scale[c], first, end);
        c++;
      }
    }
  }

  private static void addLimited(
      final float[] sum,
      final float[] values,
      final float v,
      final float s,
      final float most,
      final int first,
      final int end) {
    for (int i = first; i < end; i++) {
      final float difference = (values[i] - v) * s;
      sum[i] += Math.min(most, difference * difference);
    }
  }

  private static void addOne(
      final float[] sum,
      final float[] values,
      final float v,
      final float s,
      final int first,
      final int end) {
    for (int i = first; i < end; i++) {
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
      final float sd,
      final int first,
      final int end) {
    for (int i = first; i < end; i++) {
      final float p = (a[i] - va) * sa;
      final float q = (b[i] - vb) * sb;
      final float r = (c[i] - vc) * sc;
      final float s = (d[i] - vd) * sd;
      sum[i] = sum[i] + p * p + q * q + r * r + s * s;
    }
  }

  /** Heap bytes held for windows of so many columns and rows. */
  long sizeBytes(final int ofColumns, final int room) {
    return 168 + 8L * neighbours + 21L * ofColumns + (ofColumns < WIDE ? 4L : 8L) * room;
  }
}
