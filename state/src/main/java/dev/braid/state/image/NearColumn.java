package dev.braid.state.image;

/**
 * A column of floats that are those of another column, or these with the other sign, or lie a few
 * steps of rounding beside them: in how many steps they differ, and what is too far apart for that.
 *
 * <pre>
 * byte     bits of a difference, 0 to 24; 32 more where it is to the other sign
 * byte[]   differences as whole numbers of so many bits: 0, -1, 1, -2, 2 ... steps; left out
 *          where these have no bits
 * int[]    where a number differs by more
 * float[]  the numbers there
 * </pre>
 */
final class NearColumn {
  private static final int WIDEST = 24;

  /** Added to the bits of a difference to the other sign. */
  private static final int OTHER_SIGN = 32;

  /** Of shorter columns the differences themselves are not worth the time. */
  private static final int SHORTEST = 64;

  private static final int ASKED = 32;

  /** Bits that a difference can have. */
  private static final int MOST_BITS = 33;

  /** Form, bits and the lengths of two arrays. */
  private static final int HEAD_BYTES = 10;

  private static final int BYTES_APART = Integer.BYTES + Float.BYTES;

  private final float[] values;
  private final float[] beside;
  private final int length;
  private int sign;
  private int width;
  private int apart;
  private int bytes;

  private NearColumn(final float[] values, final float[] beside, final int length, final int than) {
    this.values = values;
    this.beside = beside;
    this.length = length;
    bytes = than;
  }

  /**
   * Writes the first numbers if that takes fewer bytes than another form does.
   *
   * @param form that goes in front
   * @param from where in the image the other form begins, with which it ends; it gives way
   */
  static void writeIfShorter(
      final float[] values,
      final float[] beside,
      final int length,
      final int form,
      final int from,
      final ImageWriter out) {
    final int than = out.size() - from;
    if (than <= HEAD_BYTES) {
      return;
    }
    final NearColumn near = new NearColumn(values, beside, length, than);
    near.measure();
    if (near.bytes < than) {
      near.write(out.cutBack(from).putByte(form));
    }
  }

  private void measure() {
    if (length >= SHORTEST && areNear(0)) {
      measure(0);
    } else if (length >= SHORTEST && areNear(Integer.MIN_VALUE)) {
      measure(Integer.MIN_VALUE);
    } else {
      countUnlike(0);
      countUnlike(Integer.MIN_VALUE);
    }
  }

  /**
   * Whether most of a few numbers lie near those of the other column: it seldom has to be asked of
   * all.
   */
  private boolean areNear(final int withSign) {
    int near = 0;
    for (int k = 0; k < ASKED; k++) {
      near += difference((int) ((long) k * length / ASKED), withSign) >> WIDEST == 0 ? 1 : 0;
    }
    return 2 * near > ASKED;
  }

  private void measure(final int withSign) {
    final int[] ofBits = new int[MOST_BITS + 1];
    for (int i = 0; i < length; i++) {
      ofBits[Long.SIZE - Long.numberOfLeadingZeros(difference(i, withSign))]++;
    }
    int beyond = length;
    for (int bits = 0; bits <= WIDEST; bits++) {
      beyond -= ofBits[bits];
      final int packed = bits == 0 ? 0 : Integer.BYTES + Bits.bytes(bits, length);
      take(withSign, bits, beyond, HEAD_BYTES + packed + BYTES_APART * beyond);
    }
  }

  private void countUnlike(final int withSign) {
    final int most = (bytes - HEAD_BYTES) / BYTES_APART;
    int unlike = 0;
    for (int i = 0; i < length && unlike <= most; i++) {
      unlike +=
          Float.floatToRawIntBits(values[i]) == (Float.floatToRawIntBits(beside[i]) ^ withSign)
              ? 0
              : 1;
    }
    take(withSign, 0, unlike, HEAD_BYTES + BYTES_APART * unlike);
  }

  private void take(final int withSign, final int bits, final int beyond, final int size) {
    if (size < bytes) {
      bytes = size;
      sign = withSign;
      width = bits;
      apart = beyond;
    }
  }

  private long difference(final int i, final int withSign) {
    final long steps =
        (long) steps(Float.floatToRawIntBits(values[i]))
            - steps(Float.floatToRawIntBits(beside[i]) ^ withSign);
    return (steps << 1) ^ (steps >> (Long.SIZE - 1));
  }

  /** Floats in rising order, numbered: -0 is one below 0. */
  private static int steps(final int bits) {
    return bits >= 0 ? bits : -1 - (bits & Integer.MAX_VALUE);
  }

  private void write(final ImageWriter out) {
    final int[] differences = new int[length];
    final int[] at = new int[apart];
    final float[] there = new float[apart];
    int n = 0;
    for (int i = 0; i < length; i++) {
      final long difference = difference(i, sign);
      if ((difference >> width) == 0) {
        differences[i] = (int) difference;
      } else {
        at[n] = i;
        there[n++] = values[i];
      }
    }
    out.putByte(width + (sign == 0 ? 0 : OTHER_SIGN));
    if (width > 0) {
      out.putBytes(Bits.pack(differences, width));
    }
    out.putInts(at, apart).putFloats(there, apart);
  }

  static void read(final float[] to, final float[] beside, final int length, final ImageReader in) {
    final int bits = in.getByte();
    final int width = bits & (OTHER_SIGN - 1);
    if (bits < 0 || bits >= 2 * OTHER_SIGN || width > WIDEST) {
      throw new MalformedImageException("a difference of a column has " + bits + " bits");
    }
    final int sign = bits < OTHER_SIGN ? 0 : Integer.MIN_VALUE;
    final int[] differences =
        width == 0 ? new int[length] : Bits.unpack(in.getBytes(), width, length);
    final int[] at = in.getInts();
    final float[] there = in.getFloats();
    Column.expect(there.length, at.length);
    ImageReader.requireIn(at, 0, length - 1, "place in a column");
    for (int i = 0; i < length; i++) {
      final int difference = (differences[i] >>> 1) ^ -(differences[i] & 1);
      // What leads beyond the last float of an image that is damaged comes back at the other end.
      final int steps = steps(Float.floatToRawIntBits(beside[i]) ^ sign) + difference;
      to[i] = Float.intBitsToFloat(steps >= 0 ? steps : (-1 - steps) | Integer.MIN_VALUE);
    }
    for (int n = 0; n < at.length; n++) {
      to[at[n]] = there[n];
    }
  }
}
