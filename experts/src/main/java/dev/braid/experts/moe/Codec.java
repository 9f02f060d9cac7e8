package dev.braid.experts.moe;

/** The form of an expert's weights while it rests. */
public interface Codec extends Plugin {

  /**
   * Whether it packs how weights differ from a base: the mean of the experts of a group as they
   * were when the first of them went to rest. The layer keeps it.
   */
  default boolean usesBase() {
    return false;
  }

  /** Bytes of packed weights. */
  int bytes(Layout layout);

  /**
   * @param base null unless the codec uses one
   */
  byte[] pack(Layout layout, float[] theta, float[] base);

  /**
   * @param base as it was when they were packed
   * @param theta receives the weights
   */
  void unpack(byte[] packed, Layout layout, float[] base, float[] theta);
}
