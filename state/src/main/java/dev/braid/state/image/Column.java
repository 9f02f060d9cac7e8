package dev.braid.state.image;

import java.util.Arrays;

/**
 * A column of numbers in as few bytes as its repetitions allow, to the last bit. Columns of a
 * window are often constant, hold whole numbers, have few different values, or mirror another
 * column; what is none of these is written as it is.
 *
 * <p>Layout: a byte for the form, then
 *
 * <pre>
 * 0 plain     double[] or float[]
 * 1 floats    float[], of doubles that have no more digits
 * 2 whole     byte[], of whole numbers from 0 to 255
 * 3 codes     double[] or float[] of the different values, in the order of their first occurrence,
 *             byte[] of a code for each value, 1, 2, 4 or 8 bits wide; none if all are alike
 * 4 near      a column beside another one: {@link NearColumn}
 * 5 many      float[] of the different values of a long column, in the order of their first
 *             occurrence, byte[] of a code for each value, of as many bits as the highest one has
 * 6 split     byte n, byte[] of the first n bits that occur in a long column of floats, in two
 *             bytes each; byte[] of a code for those of each value, byte[] of its other bits
 * 7 mixed     a long column of doubles of several sorts: {@link MixedColumn}
 * </pre>
 */
public final class Column {
  private static final int PLAIN = 0;
  private static final int FLOATS = 1;
  private static final int WHOLE = 2;
  private static final int CODES = 3;
  private static final int NEAR = 4;
  private static final int MIXED = 7;

  private static final int MOST_CODES = 256;

  // Bytes of a number, as a power of 2.
  private static final int DOUBLE_LOG = 3;
  private static final int FLOAT_LOG = 2;

  private static final int WHOLE_END = 256;

  private Column() {}

  /** Writes the first {@code length} of some numbers. */
  public static void write(final double[] values, final int length, final ImageWriter out) {
    final int from = out.size();
    int n = 0;
    while (n < length && isWhole(values[n], Double.doubleToRawLongBits(values[n]))) {
      n++;
    }
    final boolean whole = n == length;
    while (n < length && isFloat(values[n])) {
      n++;
    }
    final boolean floats = n == length;
    final int than = whole ? length : length * (floats ? Float.BYTES : Double.BYTES);
    if (areAlike(values, length) && Codes.payWhereAlike(length, Double.BYTES, than)) {
      Codes.writeNone(out.putByte(CODES).putDoubles(values, 1));
      return;
    }
    final int most = Codes.most(length, DOUBLE_LOG, than);
    final Codes codes = most < 2 ? null : Codes.of(bits(values, length), most);
    if (codes != null) {
      codes.write(out.putByte(CODES).putDoubles(codes.doubles(), codes.count));
    } else if (whole) {
      out.putByte(WHOLE).putBytes(whole(values, length));
    } else if (floats) {
      out.putByte(FLOATS).putFloats(floats(values, length), length);
    } else {
      out.putByte(PLAIN).putDoubles(values, length);
    }
    MixedColumn.writeIfShorter(values, length, MIXED, from, out);
  }

  /** Writes the first {@code length} of some numbers. */
  public static void write(final float[] values, final int length, final ImageWriter out) {
    int n = 0;
    while (n < length && isWhole(values[n], Double.doubleToRawLongBits(values[n]))) {
      n++;
    }
    final boolean whole = n == length;
    final int than = whole ? length : Float.BYTES * length;
    if (areAlike(values, length) && Codes.payWhereAlike(length, Float.BYTES, than)) {
      Codes.writeNone(out.putByte(CODES).putFloats(values, 1));
      return;
    }
    final int most = Codes.most(length, FLOAT_LOG, than);
    final Codes codes = most < 2 ? null : Codes.of(bits(values, length), most);
    if (codes != null) {
      codes.write(out.putByte(CODES).putFloats(codes.floats(), codes.count));
    } else if (whole) {
      out.putByte(WHOLE).putBytes(whole(values, length));
    } else if (out.isPacked() || !LongColumn.write(values, length, out)) {
      out.putByte(PLAIN).putFloats(values, length);
    }
  }

  private static boolean areAlike(final double[] values, final int length) {
    int n = 1;
    while (n < length
        && Double.doubleToRawLongBits(values[n]) == Double.doubleToRawLongBits(values[0])) {
      n++;
    }
    return n >= length;
  }

  private static boolean areAlike(final float[] values, final int length) {
    int n = 1;
    while (n < length && Float.floatToRawIntBits(values[n]) == Float.floatToRawIntBits(values[0])) {
      n++;
    }
    return n >= length;
  }

  /**
   * Writes the first {@code length} of some numbers, read alike either way.
   *
   * @param isShort whether in few bytes; else as they are, which takes the least time
   */
  public static void write(
      final double[] values, final int length, final boolean isShort, final ImageWriter out) {
    if (isShort) {
      write(values, length, out);
    } else {
      out.putByte(PLAIN).putDoubles(values, length);
    }
  }

  private static long[] bits(final double[] values, final int length) {
    final long[] bits = new long[length];
    for (int i = 0; i < length; i++) {
      bits[i] = Double.doubleToRawLongBits(values[i]);
    }
    return bits;
  }

  private static long[] bits(final float[] values, final int length) {
    final long[] bits = new long[length];
    for (int i = 0; i < length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }

  /**
   * Writes the first {@code length} of some numbers that may be nearly those of another column, or
   * nearly these with the other sign.
   *
   * @param beside the other column, to be known to the reader; null if there is none
   */
  public static void write(
      final float[] values, final float[] beside, final int length, final ImageWriter out) {
    final int from = out.size();
    write(values, length, out);
    if (beside != null) {
      NearColumn.writeIfShorter(values, beside, length, NEAR, from, out);
    }
  }

  private static boolean isWhole(final double value, final long bits) {
    return value >= 0
        && value < WHOLE_END
        && Double.doubleToRawLongBits((double) (int) value) == bits;
  }

  private static boolean isFloat(final double value) {
    return Double.doubleToRawLongBits((float) value) == Double.doubleToRawLongBits(value);
  }

  private static byte[] whole(final double[] values, final int length) {
    final byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (int) values[i];
    }
    return bytes;
  }

  private static byte[] whole(final float[] values, final int length) {
    final byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (int) values[i];
    }
    return bytes;
  }

  private static float[] floats(final double[] values, final int length) {
    final float[] floats = new float[length];
    for (int i = 0; i < length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /**
   * Reads doubles that {@link #write(double[], int, ImageWriter)} wrote to the first {@code length}
   * places.
   *
   * @throws MalformedImageException if there are more of them, or fewer
   */
  public static void read(final double[] to, final int length, final ImageReader in) {
    final int form = in.getByte();
    switch (form) {
      case PLAIN -> in.getDoubles(to, 0, length);
      case FLOATS -> {
        final float[] floats = in.getFloats();
        expect(floats.length, length);
        for (int i = 0; i < length; i++) {
          to[i] = floats[i];
        }
      }
      case WHOLE -> {
        final byte[] bytes = in.getBytes();
        expect(bytes.length, length);
        for (int i = 0; i < length; i++) {
          to[i] = bytes[i] & 0xff;
        }
      }
      case CODES -> {
        final double[] different = in.getDoubles();
        if (different.length == 1) {
          Codes.readNone(in);
          Arrays.fill(to, 0, length, different[0]);
          return;
        }
        final int[] codes = Codes.read(different.length, length, in);
        for (int i = 0; i < length; i++) {
          to[i] = different[codes[i]];
        }
      }
      case MIXED -> MixedColumn.read(to, length, in);
      default -> throw form(form);
    }
  }

  /**
   * Reads floats that {@link #write(float[], int, ImageWriter)} wrote to the first {@code length}
   * places.
   *
   * @throws MalformedImageException if there are more of them, or fewer
   */
  public static void read(final float[] to, final int length, final ImageReader in) {
    read(to, null, length, in);
  }

  /**
   * Reads floats that {@link #write(float[], float[], int, ImageWriter)} wrote to the first {@code
   * length} places.
   *
   * @param beside the other column, or null if there was none
   * @throws MalformedImageException if there are more of them, or fewer
   */
  public static void read(
      final float[] to, final float[] beside, final int length, final ImageReader in) {
    final int form = in.getByte();
    switch (form) {
      case PLAIN -> in.getFloats(to, 0, length);
      case WHOLE -> {
        final byte[] bytes = in.getBytes();
        expect(bytes.length, length);
        for (int i = 0; i < length; i++) {
          to[i] = bytes[i] & 0xff;
        }
      }
      case CODES -> {
        final float[] different = in.getFloats();
        if (different.length == 1) {
          Codes.readNone(in);
          Arrays.fill(to, 0, length, different[0]);
          return;
        }
        final int[] codes = Codes.read(different.length, length, in);
        for (int i = 0; i < length; i++) {
          to[i] = different[codes[i]];
        }
      }
      case NEAR -> {
        if (beside == null) {
          throw form(form);
        }
        NearColumn.read(to, beside, length, in);
      }
      case LongColumn.CODES, LongColumn.SPLIT -> LongColumn.read(form, to, length, in);
      default -> throw form(form);
    }
  }

  static void expect(final int found, final int length) {
    if (found != length) {
      throw new MalformedImageException("a column has " + found + " numbers instead of " + length);
    }
  }

  private static MalformedImageException form(final int form) {
    return new MalformedImageException("a column has form " + form);
  }

  /** The different values of a column, and which of them each is. */
  private static final class Codes {
    /** Up to so many different values a table costs more than it saves. */
    private static final int FEW = 8;

    private final long[] different;
    private final byte[] code;
    private int count;

    private Codes(final int most, final int length) {
      different = new long[most];
      code = new byte[length];
    }

    /**
     * Those of some numbers; null if there are more different ones than pay. Most columns have no
     * codes and there are many short ones, so that it gives up as soon as that is known, and takes
     * no more room to find out than it needs.
     *
     * @param most different values
     */
    static Codes of(final long[] bits, final int most) {
      final Codes codes = new Codes(most, bits.length);
      return (most <= FEW ? codes.findFew(bits) : codes.find(bits)) ? codes : null;
    }

    /**
     * The most different values with which a column is shorter where not all are alike; less than 2
     * if none are.
     *
     * @param log bytes of a number, as a power of 2
     * @param than bytes that the column takes otherwise
     */
    static int most(final int length, final int log, final int than) {
      final int highest = Math.min(MOST_CODES, length - 1);
      for (int bits = 8; bits > 0; bits /= 2) {
        final int room = (than - 1 - packed(bits, length)) >> log;
        final int most = Math.min(Math.min(highest, 1 << bits), room);
        if (most > 0 && width(most) == bits) {
          return most;
        }
      }
      return 0;
    }

    /**
     * Whether a column is shorter where all its values are alike.
     *
     * @param width bytes of a number
     * @param than bytes that the column takes otherwise
     */
    static boolean payWhereAlike(final int length, final int width, final int than) {
      return length > 1 && than > width;
    }

    /** The same as {@link #find} for values that are found soonest one after the other. */
    private boolean findFew(final long[] bits) {
      for (int i = 0; i < bits.length; i++) {
        int c = 0;
        while (c < count && different[c] != bits[i]) {
          c++;
        }
        if (c == count) {
          if (count == different.length) {
            return false;
          }
          different[count++] = bits[i];
        }
        code[i] = (byte) c;
      }
      return true;
    }

    /** Whether the values are few enough; then {@code code} has the code of each. */
    private boolean find(final long[] bits) {
      final int log = Integer.SIZE - Integer.numberOfLeadingZeros(2 * different.length);
      final int last = (1 << log) - 1;
      // One more than the code; 0 where there is none.
      final short[] found = new short[last + 1];
      for (int i = 0; i < bits.length; i++) {
        int slot = (int) ((bits[i] * 0x9e3779b97f4a7c15L) >>> (Long.SIZE - log));
        while (found[slot] != 0 && different[found[slot] - 1] != bits[i]) {
          slot = slot + 1 & last;
        }
        if (found[slot] == 0) {
          if (count == different.length) {
            return false;
          }
          different[count++] = bits[i];
          found[slot] = (short) count;
        }
        code[i] = (byte) (found[slot] - 1);
      }
      return true;
    }

    double[] doubles() {
      final double[] values = new double[count];
      for (int i = 0; i < count; i++) {
        values[i] = Double.longBitsToDouble(different[i]);
      }
      return values;
    }

    float[] floats() {
      final float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = Float.intBitsToFloat((int) different[i]);
      }
      return values;
    }

    private static int width(final int different) {
      return different <= 1 ? 0 : different <= 2 ? 1 : different <= 4 ? 2 : different <= 16 ? 4 : 8;
    }

    private static int packed(final int bits, final int length) {
      return (int) (((long) bits * length + 7) / 8);
    }

    void write(final ImageWriter out) {
      final int width = width(count);
      final byte[] packed = new byte[packed(width, code.length)];
      for (int i = 0; width > 0 && i < code.length; i++) {
        packed[(i * width) >> 3] |= (byte) ((code[i] & 0xff) << (i * width & 7));
      }
      out.putBytes(packed);
    }

    /** Where all values are alike there are none. */
    static void writeNone(final ImageWriter out) {
      out.putInt(0);
    }

    static void readNone(final ImageReader in) {
      if (in.getInt() != 0) {
        throw damaged();
      }
    }

    private static MalformedImageException damaged() {
      return new MalformedImageException("the codes of a column are damaged");
    }

    static int[] read(final int different, final int length, final ImageReader in) {
      final byte[] packed = in.getBytes();
      if (different < (length == 0 ? 0 : 1)
          || different > MOST_CODES
          || packed.length != packed(width(different), length)) {
        throw damaged();
      }
      final int width = width(different);
      final int mask = (1 << width) - 1;
      final int[] codes = new int[length];
      for (int i = 0; width > 0 && i < length; i++) {
        codes[i] = (packed[(i * width) >> 3] >> (i * width & 7)) & mask;
      }
      ImageReader.requireIn(codes, 0, different - 1, "code of a column");
      return codes;
    }
  }
}
