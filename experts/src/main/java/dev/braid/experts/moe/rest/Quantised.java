package dev.braid.experts.moe.rest;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;

/**
 * Numbers as small integers with one scale for each 64 of them: the largest magnitude among the 64
 * is the largest integer, so that a number is off by half a scale at most.
 */
public final class Quantised {
  /** Numbers that share a scale. */
  public static final int GROUP = 64;

  private final int bits;
  private final int length;
  private final float[] scales;
  private final byte[] codes;

  private Quantised(final int bits, final int length, final float[] scales, final byte[] codes) {
    this.bits = bits;
    this.length = length;
    this.scales = scales;
    this.codes = codes;
  }

  /**
   * @param bits 8 or 4
   */
  public static Quantised of(final float[] values, final int bits) {
    final int length = values.length;
    final float[] scales = new float[(length + GROUP - 1) / GROUP];
    final byte[] codes = new byte[codeBytes(length, bits)];
    final int most = (1 << (bits - 1)) - 1;
    for (int group = 0; group < scales.length; group++) {
      final int end = Math.min(length, (group + 1) * GROUP);
      float largest = 0;
      for (int i = group * GROUP; i < end; i++) {
        largest = Math.max(largest, Math.abs(values[i]));
      }
      final float scale = largest / most;
      scales[group] = scale;
      for (int i = group * GROUP; i < end && scale > 0; i++) {
        final int code = (int) Math.max(-most, Math.min(most, Math.rint(values[i] / scale)));
        if (bits == 8) {
          codes[i] = (byte) code;
        } else {
          codes[i >> 1] |= (byte) ((code & 15) << (4 * (i & 1)));
        }
      }
    }
    return new Quantised(bits, length, scales, codes);
  }

  private static int codeBytes(final int length, final int bits) {
    return bits == 8 ? length : (length + 1) / 2;
  }

  /** Heap bytes of so many numbers. */
  public static long bytes(final int length, final int bits) {
    return codeBytes(length, bits) + 4L * ((length + GROUP - 1) / GROUP);
  }

  /** Writes the numbers out, shape [length]. */
  public void to(final float[] values) {
    for (int i = 0; i < length; i++) {
      // The sign of the upper four bits comes with the shift, that of the lower four by another.
      final int code =
          bits == 8 ? codes[i] : (i & 1) == 0 ? (codes[i >> 1] << 28) >> 28 : codes[i >> 1] >> 4;
      values[i] = code * scales[i / GROUP];
    }
  }

  public int length() {
    return length;
  }

  /** Heap bytes of codes and scales. */
  public long bytes() {
    return bytes(length, bits);
  }

  public void write(final ImageWriter out) {
    out.putInt(bits).putFloats(scales, scales.length).putBytes(codes);
  }

  /** Reads so many numbers back. */
  public static Quantised read(final ImageReader in, final int length) {
    final int bits = in.getInt();
    final float[] scales = in.getFloats();
    final byte[] codes = in.getBytes();
    if ((bits != 4 && bits != 8)
        || scales.length != (length + GROUP - 1) / GROUP
        || codes.length != codeBytes(length, bits)) {
      throw new MalformedImageException("weights at rest do not fit " + length + " parameters");
    }
    return new Quantised(bits, length, scales, codes);
  }
}
