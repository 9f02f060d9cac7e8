package dev.braid.experts.moe;

/** The form of an expert's weights while it rests. */
public interface Codec extends Plugin {

  /** Bytes of packed weights. */
  int bytes(Layout layout);

  byte[] pack(Layout layout, float[] theta);

  void unpack(byte[] packed, Layout layout, float[] theta);
}
