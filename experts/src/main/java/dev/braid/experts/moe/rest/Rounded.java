package dev.braid.experts.moe.rest;

import dev.braid.experts.moe.Codec;
import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.Word;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Weights as small integers with one scale for each 64 of them: the largest magnitude among the 64
 * is the largest integer, so that a weight is off by half a scale at most. Of a mixture's weights
 * those of its experts bear it best (MoQE, Kim et al. 2023).
 *
 * <p>Packed: the scales as 32-bit floats, then the integers in two's complement, the lower bits of
 * a byte first.
 *
 * @param bits of a weight: 8, 4 or 2, which are the three values -1, 0 and 1
 */
public record Rounded(int bits) implements Codec {
  /** Weights that share a scale. */
  public static final int GROUP = 64;

  static final Word<Codec> INT8 = word(8);
  static final Word<Codec> INT4 = word(4);
  static final Word<Codec> INT2 = word(2);

  private static Word<Codec> word(final int bits) {
    return new Word<>(
        "int" + bits,
        bits + " bits a weight, one scale for each " + GROUP + " of them.",
        List.of(),
        options -> new Rounded(bits));
  }

  @Override
  public int bytes(final Layout layout) {
    return Float.BYTES * groups(layout) + (layout.size() * bits + 7) / 8;
  }

  private static int groups(final Layout layout) {
    return (layout.size() + GROUP - 1) / GROUP;
  }

  @Override
  public byte[] pack(final Layout layout, final float[] theta, final float[] base) {
    final byte[] packed = new byte[bytes(layout)];
    final ByteBuffer scales = ByteBuffer.wrap(packed);
    final int codes = Float.BYTES * groups(layout);
    final int most = (1 << (bits - 1)) - 1;
    final int mask = (1 << bits) - 1;
    for (int from = 0; from < layout.size(); from += GROUP) {
      final int end = Math.min(layout.size(), from + GROUP);
      float largest = 0;
      for (int i = from; i < end; i++) {
        largest = Math.max(largest, Math.abs(theta[i]));
      }
      final float scale = largest / most;
      scales.putFloat(scale);
      for (int i = from; i < end && scale > 0; i++) {
        final int code = (int) Math.max(-most, Math.min(most, Math.rint(theta[i] / scale)));
        packed[codes + i * bits / 8] |= (byte) ((code & mask) << (i * bits % 8));
      }
    }
    return packed;
  }

  @Override
  public void unpack(
      final byte[] packed, final Layout layout, final float[] base, final float[] theta) {
    final ByteBuffer scales = ByteBuffer.wrap(packed);
    final int codes = Float.BYTES * groups(layout);
    final int unused = Integer.SIZE - bits;
    for (int from = 0; from < layout.size(); from += GROUP) {
      final float scale = scales.getFloat();
      for (int i = from; i < Math.min(layout.size(), from + GROUP); i++) {
        // The two shifts bring the sign along.
        final int code = packed[codes + i * bits / 8] >> (i * bits % 8) << unused >> unused;
        theta[i] = code * scale;
      }
    }
  }

  @Override
  public String text() {
    return "int" + bits;
  }
}
