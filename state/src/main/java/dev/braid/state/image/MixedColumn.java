package dev.braid.state.image;

import java.util.Arrays;

/**
 * A long column of doubles of several sorts, as the statistics of a tree's leaves are: counts, ends
 * of ranges that have few digits, values that were there before, and means.
 *
 * <pre>
 * byte[]    sort of each number in two bits: 0 whole, from 0 to 255; 1 one that was there before;
 *           2 with at most six digits behind the point; 3 any other
 * byte[]    the whole numbers
 * byte[]    of those that were there before, which of the first 256 that are not whole
 * int[]     millionths
 * double[]  the others
 * </pre>
 */
final class MixedColumn {
  /** Shorter ones are not worth the time. */
  private static final int SHORTEST = 128;

  /** Form and the lengths of five arrays. */
  private static final int HEAD_BYTES = 21;

  private static final int SORT_BITS = 2;
  private static final int WHOLE = 0;
  private static final int AGAIN = 1;
  private static final int MILLIONTHS = 2;
  private static final int OTHER = 3;

  private static final double MILLION = 1e6;
  private static final double MOST_MILLIONTHS = 2e9;

  /** Numbers that are known again. */
  private static final int KNOWN = 256;

  private static final int SLOTS_LOG = 10;

  private final int[] sort;
  private final byte[] whole;
  private final byte[] again;
  private final int[] millionths;
  private final double[] other;
  private int wholes;
  private int agains;
  private int millions;
  private int others;

  // Bits of the numbers known, and by hash one more than the place of each.
  private final long[] known = new long[KNOWN];
  private final short[] slots = new short[1 << SLOTS_LOG];
  private int count;

  private MixedColumn(final int length) {
    sort = new int[length];
    whole = new byte[length];
    again = new byte[length];
    millionths = new int[length];
    other = new double[length];
  }

  /**
   * Writes the first numbers if that takes fewer bytes than another form does.
   *
   * @param form that goes in front
   * @param from where in the image the other form begins, with which it ends; it gives way
   */
  static void writeIfShorter(
      final double[] values,
      final int length,
      final int form,
      final int from,
      final ImageWriter out) {
    final int than = out.size() - from;
    if (length < SHORTEST || than <= length + length / 4) {
      return;
    }
    final MixedColumn mixed = new MixedColumn(length);
    for (int i = 0; i < length; i++) {
      mixed.sort[i] = mixed.take(values[i]);
    }
    if (mixed.bytes() < than / 16 * 15) {
      mixed.write(out.cutBack(from).putByte(form));
    }
  }

  private int take(final double value) {
    final long bits = Double.doubleToRawLongBits(value);
    if (value >= 0 && value < 256 && isOf((double) (int) value, bits)) {
      whole[wholes++] = (byte) (int) value;
      return WHOLE;
    }
    int slot = (int) ((bits * 0x9e3779b97f4a7c15L) >>> (Long.SIZE - SLOTS_LOG));
    while (slots[slot] != 0 && known[slots[slot] - 1] != bits) {
      slot = (slot + 1) & (slots.length - 1);
    }
    if (slots[slot] != 0) {
      again[agains++] = (byte) (slots[slot] - 1);
      return AGAIN;
    }
    if (count < KNOWN) {
      known[count++] = bits;
      slots[slot] = (short) count;
    }
    final double scaled = Math.rint(value * MILLION);
    if (Math.abs(scaled) < MOST_MILLIONTHS && isOf((int) scaled / MILLION, bits)) {
      millionths[millions++] = (int) scaled;
      return MILLIONTHS;
    }
    other[others++] = value;
    return OTHER;
  }

  private static boolean isOf(final double value, final long bits) {
    return Double.doubleToRawLongBits(value) == bits;
  }

  private int bytes() {
    return HEAD_BYTES
        + Bits.bytes(SORT_BITS, sort.length)
        + wholes
        + agains
        + Integer.BYTES * millions
        + Double.BYTES * others;
  }

  private void write(final ImageWriter out) {
    out.putBytes(Bits.pack(sort, SORT_BITS));
    out.putBytes(Arrays.copyOf(whole, wholes));
    out.putBytes(Arrays.copyOf(again, agains));
    out.putInts(millionths, millions).putDoubles(other, others);
  }

  /** Reads what {@link #write} wrote, behind its form. */
  static void read(final double[] to, final int length, final ImageReader in) {
    final int[] sort = Bits.unpack(in.getBytes(), SORT_BITS, length);
    final byte[] whole = in.getBytes();
    final byte[] again = in.getBytes();
    final int[] millionths = in.getInts();
    final double[] other = in.getDoubles();
    final int[] ofSort = new int[1 << SORT_BITS];
    for (final int one : sort) {
      ofSort[one]++;
    }
    Column.expect(whole.length, ofSort[WHOLE]);
    Column.expect(again.length, ofSort[AGAIN]);
    Column.expect(millionths.length, ofSort[MILLIONTHS]);
    Column.expect(other.length, ofSort[OTHER]);
    final double[] known = new double[KNOWN];
    final int[] at = new int[1 << SORT_BITS];
    int count = 0;
    for (int i = 0; i < length; i++) {
      final int n = at[sort[i]]++;
      switch (sort[i]) {
        case WHOLE -> to[i] = whole[n] & 0xff;
        case AGAIN -> {
          if ((again[n] & 0xff) >= count) {
            throw new MalformedImageException("a column repeats a number that it has not had");
          }
          to[i] = known[again[n] & 0xff];
        }
        default -> {
          to[i] = sort[i] == MILLIONTHS ? millionths[n] / MILLION : other[n];
          if (count < KNOWN) {
            known[count++] = to[i];
          }
        }
      }
    }
  }
}
