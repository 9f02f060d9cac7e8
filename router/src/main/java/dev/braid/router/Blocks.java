package dev.braid.router;

import dev.braid.image.ImageReader;

/** The saved blocks of a learner, wherever they are kept. */
public interface Blocks {

  /** Blocks saved of one part, 1 or more. */
  int blockCount(int part);

  /**
   * One block, from its first byte on.
   *
   * @param part 0 to parts - 1, in the order of {@link Learner#parts()}
   * @param block 0 to {@code blockCount(part) - 1}
   */
  ImageReader block(int part, int block);
}
