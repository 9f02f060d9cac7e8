package dev.braid.router;

/** The saved blocks of a learner, wherever they are kept. */
public interface Blocks {

  /** Blocks saved of one part, 1 or more. */
  int blockCount(int part);

  /**
   * The bytes of one block.
   *
   * @param part 0 to parts - 1, in the order of {@link Learner#parts()}
   * @param block 0 to {@code blockCount(part) - 1}
   */
  byte[] block(int part, int block);
}
