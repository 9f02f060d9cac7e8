package dev.braid.state.image;

/**
 * State that is saved in numbered blocks, so that a checkpoint writes only the blocks that changed.
 *
 * <p>A part that is small or changes as a whole has one block. Blocks are numbered from 0 without
 * gaps; a part may gain or lose blocks over its life. All blocks together are the whole state: a
 * part read back from them behaves bit for bit like the one that wrote them.
 */
public interface BlockState {

  /** Blocks this part consists of now, 1 or more. */
  default int blockCount() {
    return 1;
  }

  /**
   * Whether a block differs from what was last saved. A new part is dirty as a whole.
   *
   * @param block 0 to {@code blockCount() - 1}
   */
  boolean isDirty(int block);

  /**
   * Writes one block in full.
   *
   * @param block 0 to {@code blockCount() - 1}
   */
  void writeBlock(int block, ImageWriter out);

  /** Called when every dirty block has been saved, or after the state was read back. */
  void markClean();
}
