package dev.braid.experts.moe.state;

import dev.braid.state.image.Part;

/**
 * Where the saved blocks of one {@link Part} lie, such as a table of keyed state. A layer that has
 * one need not hold all of its experts in memory: one that leaves is written here if it changed
 * since it was last saved, and read again when it is wanted. What is written belongs to the layer's
 * state at once, as a block does that is saved at a checkpoint.
 *
 * <p>Called by the thread that computes the layer's steps, and by it alone.
 */
public interface BlockStore {

  /** The image of a block as it was written last, or null. */
  byte[] read(int block);

  /** Keeps the image of a block in place of the one before. */
  void write(int block, byte[] image);

  /** The blocks of a part whose block 0 is this store's block {@code first}. */
  default BlockStore from(final int first) {
    final BlockStore all = this;
    return new BlockStore() {
      @Override
      public byte[] read(final int block) {
        return all.read(first + block);
      }

      @Override
      public void write(final int block, final byte[] image) {
        all.write(first + block, image);
      }
    };
  }
}
