package dev.braid.experts.moe.state;

import dev.braid.state.image.Part;

/**
 * Where the saved chunks of one {@link Part} lie, such as a table of keyed state. A layer that has
 * one need not hold all of its experts in memory: one that leaves is written here if it changed
 * since it was last saved, and read again when it is wanted. What is written belongs to the layer's
 * state at once, as a chunk does that is saved at a checkpoint.
 *
 * <p>Called by the thread that computes the layer's steps, and by it alone.
 */
public interface ChunkStore {

  /** The image of a chunk as it was written last, or null. */
  byte[] read(int chunk);

  /** Keeps the image of a chunk in place of the one before. */
  void write(int chunk, byte[] image);

  /** The chunks of a part whose chunk 0 is this store's chunk {@code first}. */
  default ChunkStore from(final int first) {
    final ChunkStore all = this;
    return new ChunkStore() {
      @Override
      public byte[] read(final int chunk) {
        return all.read(first + chunk);
      }

      @Override
      public void write(final int chunk, final byte[] image) {
        all.write(first + chunk, image);
      }
    };
  }
}
