package dev.braid.experts.moe.added;

import dev.braid.experts.moe.Codec;
import dev.braid.experts.moe.Layout;
import dev.braid.experts.moe.Word;
import java.nio.ByteBuffer;
import java.util.List;

/** The upper halves of 32-bit floats. */
record BrainFloats() implements Codec {
  static final Word<Codec> WORD =
      new Word<>(
          "bf16", "The upper 16 bits of each weight.", List.of(), options -> new BrainFloats());

  @Override
  public int bytes(final Layout layout) {
    return Short.BYTES * layout.size();
  }

  @Override
  public byte[] pack(final Layout layout, final float[] theta, final float[] base) {
    final ByteBuffer packed = ByteBuffer.allocate(bytes(layout));
    for (int i = 0; i < layout.size(); i++) {
      packed.putShort((short) (Float.floatToIntBits(theta[i]) >> Short.SIZE));
    }
    return packed.array();
  }

  @Override
  public void unpack(
      final byte[] packed, final Layout layout, final float[] base, final float[] theta) {
    final ByteBuffer halves = ByteBuffer.wrap(packed);
    for (int i = 0; i < layout.size(); i++) {
      theta[i] = Float.intBitsToFloat(halves.getShort() << Short.SIZE);
    }
  }

  @Override
  public String text() {
    return "bf16";
  }
}
