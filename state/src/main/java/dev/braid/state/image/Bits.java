package dev.braid.state.image;

/** Whole numbers of a few bits each, side by side. */
final class Bits {
  private Bits() {}

  /** Bits that a number from 0 to one less than {@code values} takes. */
  static int width(final int values) {
    return values <= 1 ? 0 : Integer.SIZE - Integer.numberOfLeadingZeros(values - 1);
  }

  /** Bytes that so many numbers take. */
  static int bytes(final int width, final int length) {
    return (int) (((long) width * length + 7) / 8);
  }

  /**
   * @param width bits of each, 0 to 32; what is above them is left out
   */
  static byte[] pack(final int[] values, final int width) {
    final byte[] packed = new byte[bytes(width, values.length)];
    final long mask = (1L << width) - 1;
    long held = 0;
    int bits = 0;
    int at = 0;
    for (final int value : values) {
      held |= (value & mask) << bits;
      bits += width;
      while (bits >= 8) {
        packed[at++] = (byte) held;
        held >>>= 8;
        bits -= 8;
      }
    }
    if (bits > 0) {
      packed[at] = (byte) held;
    }
    return packed;
  }

  /**
   * Reads what {@link #pack} made.
   *
   * @throws MalformedImageException if there are more numbers, or fewer
   */
  static int[] unpack(final byte[] packed, final int width, final int length) {
    if (packed.length != bytes(width, length)) {
      throw new MalformedImageException(
          packed.length + " bytes of a column instead of " + bytes(width, length));
    }
    final int[] values = new int[length];
    final long mask = (1L << width) - 1;
    long held = 0;
    int bits = 0;
    int at = 0;
    for (int i = 0; i < length; i++) {
      while (bits < width) {
        held |= (packed[at++] & 0xffL) << bits;
        bits += 8;
      }
      values[i] = (int) (held & mask);
      held >>>= width;
      bits -= width;
    }
    return values;
  }
}
