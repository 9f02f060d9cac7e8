package dev.braid.state.image;

import java.util.Arrays;

/**
 * Forms of a long column of floats, where none of {@link Column}'s shorter ones fits: their
 * different values, if there are some thousand at most, or the first bits of each, of which there
 * are few, apart from the others.
 */
final class LongColumn {
  static final int CODES = 5;
  static final int SPLIT = 6;

  /** Shorter ones are not worth the time. */
  private static final int SHORTEST = 256;

  private static final int MOST_CODES = 1 << 12;

  /** First values of which some must repeat. */
  private static final int ASKED = 512;

  /** First bits of a float: sign and exponent, or these and three more. */
  private static final int EXPONENT = 9;

  private static final int LONGER = 12;

  private LongColumn() {}

  /** Writes the first numbers in the shortest form; false, and nothing, if there is none. */
  static boolean write(final float[] values, final int length, final ImageWriter out) {
    if (length < SHORTEST) {
      return false;
    }
    final boolean[] longer = new boolean[1 << LONGER];
    final boolean[] shorter = new boolean[1 << EXPONENT];
    for (int i = 0; i < length; i++) {
      final int first = Float.floatToRawIntBits(values[i]) >>> (Integer.SIZE - LONGER);
      longer[first] = true;
      shorter[first >> (LONGER - EXPONENT)] = true;
    }
    final boolean[] firsts =
        splitBytes(longer, length) < splitBytes(shorter, length) ? longer : shorter;
    final int split = splitBytes(firsts, length);
    final int most = Math.min(MOST_CODES, length / 2);
    final int[] code = new int[length];
    final int[] different = different(values, length, most, code);
    final int codes =
        different == null
            ? Integer.MAX_VALUE
            : Float.BYTES * different.length + Bits.bytes(Bits.width(different.length), length);
    if (Math.min(split, codes) > Float.BYTES * length / 16 * 15) {
      return false;
    }
    if (codes < split) {
      final float[] found = new float[different.length];
      for (int i = 0; i < found.length; i++) {
        found[i] = Float.intBitsToFloat(different[i]);
      }
      out.putByte(CODES).putFloats(found, found.length);
      out.putBytes(Bits.pack(code, Bits.width(found.length)));
    } else {
      writeSplit(values, length, firsts, out);
    }
    return true;
  }

  private static int count(final boolean[] firsts) {
    int count = 0;
    for (final boolean there : firsts) {
      count += there ? 1 : 0;
    }
    return count;
  }

  private static int firstBits(final boolean[] firsts) {
    return Bits.width(firsts.length);
  }

  private static int splitBytes(final boolean[] firsts, final int length) {
    final int count = count(firsts);
    return 2 * count
        + Bits.bytes(Bits.width(count), length)
        + Bits.bytes(Integer.SIZE - firstBits(firsts), length);
  }

  private static void writeSplit(
      final float[] values, final int length, final boolean[] firsts, final ImageWriter out) {
    final int bits = firstBits(firsts);
    final int rest = Integer.SIZE - bits;
    final int[] codeOf = new int[firsts.length];
    final int[] there = new int[count(firsts)];
    int n = 0;
    for (int first = 0; first < firsts.length; first++) {
      if (firsts[first]) {
        codeOf[first] = n;
        there[n++] = first;
      }
    }
    final int[] codes = new int[length];
    final int[] others = new int[length];
    for (int i = 0; i < length; i++) {
      others[i] = Float.floatToRawIntBits(values[i]);
      codes[i] = codeOf[others[i] >>> rest];
    }
    out.putByte(SPLIT).putByte(bits).putBytes(Bits.pack(there, 2 * Byte.SIZE));
    out.putBytes(Bits.pack(codes, Bits.width(n))).putBytes(Bits.pack(others, rest));
  }

  /**
   * The bits of different values in the order of their first occurrence.
   *
   * @param code receives which of them each is
   * @return null if there are more than {@code most}, or hardly any repeats
   */
  private static int[] different(
      final float[] values, final int length, final int most, final int[] code) {
    final int log = Bits.width(2 * most + 1);
    final int last = (1 << log) - 1;
    // One more than the code; 0 where there is none.
    final int[] found = new int[last + 1];
    final int[] different = new int[most];
    int count = 0;
    for (int i = 0; i < length; i++) {
      if (i == ASKED && count > ASKED / 8 * 7) {
        return null;
      }
      final int bits = Float.floatToRawIntBits(values[i]);
      int slot = (bits * 0x9e3779b9) >>> (Integer.SIZE - log);
      while (found[slot] != 0 && different[found[slot] - 1] != bits) {
        slot = (slot + 1) & last;
      }
      if (found[slot] == 0) {
        if (count == most) {
          return null;
        }
        different[count++] = bits;
        found[slot] = count;
      }
      code[i] = found[slot] - 1;
    }
    return Arrays.copyOf(different, count);
  }

  /** Reads what {@link #write} wrote, behind its form. */
  static void read(final int form, final float[] to, final int length, final ImageReader in) {
    if (form == CODES) {
      final float[] different = in.getFloats();
      final int[] codes = codes(different.length, MOST_CODES, length, in);
      for (int i = 0; i < length; i++) {
        to[i] = different[codes[i]];
      }
      return;
    }
    final int bits = in.getByte();
    if (bits != EXPONENT && bits != LONGER) {
      throw new MalformedImageException("a column is split behind bit " + bits);
    }
    final byte[] packed = in.getBytes();
    final int[] firsts = Bits.unpack(packed, 2 * Byte.SIZE, packed.length / 2);
    ImageReader.requireIn(firsts, 0, (1 << bits) - 1, "first bits of a column");
    final int[] codes = codes(firsts.length, 1 << bits, length, in);
    final int rest = Integer.SIZE - bits;
    final int[] others = Bits.unpack(in.getBytes(), rest, length);
    for (int i = 0; i < length; i++) {
      to[i] = Float.intBitsToFloat((firsts[codes[i]] << rest) | others[i]);
    }
  }

  private static int[] codes(
      final int different, final int most, final int length, final ImageReader in) {
    final byte[] packed = in.getBytes();
    if (different < 1 || different > most) {
      throw new MalformedImageException(different + " different numbers in a column");
    }
    final int[] codes = Bits.unpack(packed, Bits.width(different), length);
    ImageReader.requireIn(codes, 0, different - 1, "code of a column");
    return codes;
  }
}
