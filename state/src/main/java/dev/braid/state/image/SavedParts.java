package dev.braid.state.image;

/** The saved chunks of a model's parts, wherever they are kept. */
public interface SavedParts {

  /**
   * Chunks saved of one part, 1 or more.
   *
   * @throws MalformedImageException if there is no such part
   */
  int chunkCount(int part);

  /**
   * One chunk, from its first byte on.
   *
   * @param part 0 to parts - 1, in the order in which they were saved
   * @param chunk 0 to {@code chunkCount(part) - 1}
   * @throws MalformedImageException if there is no such chunk
   */
  ImageReader chunk(int part, int chunk);
}
