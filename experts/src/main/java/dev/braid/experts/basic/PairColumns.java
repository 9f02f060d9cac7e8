package dev.braid.experts.basic;

import java.util.Arrays;

/**
 * Columns of nominal features of two values, a bit each: what two rows differ by is counted for all
 * columns at once. A value is 0, 1, or -1 where it is missing.
 */
final class PairColumns {
  /** Columns at the most. */
  static final int MOST = Long.SIZE;

  final int columns;

  /** Of each row the columns that are 1. */
  private long[] one;

  /** Of each row the columns that are missing; null while none was. */
  private long[] missing;

  PairColumns(final int columns, final int rows) {
    this.columns = columns;
    one = new long[rows];
  }

  /** Whether a value can be held. */
  static boolean takes(final float value) {
    return value == 0 || value == 1 || value == -1;
  }

  float get(final int row, final int c) {
    if (missing != null && (missing[row] >>> c & 1) != 0) {
      return -1;
    }
    return one[row] >>> c & 1;
  }

  void set(final int row, final int c, final float value) {
    final long bit = 1L << c;
    one[row] = value == 1 ? one[row] | bit : one[row] & ~bit;
    if (value < 0 && missing == null) {
      missing = new long[one.length];
    }
    if (missing != null) {
      missing[row] = value < 0 ? missing[row] | bit : missing[row] & ~bit;
    }
  }

  /** Makes room for so many rows. */
  void resize(final int rows) {
    one = Arrays.copyOf(one, rows);
    missing = missing == null ? null : Arrays.copyOf(missing, rows);
  }

  /**
   * How many columns of a row differ from an event.
   *
   * @param ones columns that are 1 in the event
   * @param known columns that are not missing in it; no other counts
   */
  int differing(final int row, final long ones, final long known) {
    final long other = one[row] ^ ones;
    return Long.bitCount((missing == null ? other : other | missing[row]) & known);
  }

  long sizeBytes() {
    return 64
        + 16L * one.length; // As if one was missing: a window that was read may have met none.
  }
}
