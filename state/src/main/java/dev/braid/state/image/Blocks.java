package dev.braid.state.image;

/** The saved blocks of a learner, wherever they are kept. */
public interface Blocks {

  /** Blocks saved of one part, 1 or more. */
  int blockCount(int part);

  /**
   * One block, from its first byte on.
   *
   * @param part 0 to parts - 1, in the order of the parts
   * @param block 0 to {@code blockCount(part) - 1}
   */
  ImageReader block(int part, int block);
}
