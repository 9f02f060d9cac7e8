package dev.braid.state.image;

/**
 * State that is saved in numbered chunks, so that a checkpoint writes only the chunks that changed.
 *
 * <p>A part that is small or changes as a whole has one chunk. Chunks are numbered from 0 without
 * gaps; a part may gain or lose chunks over its life. All chunks together are the whole state: a
 * part read back from them behaves bit for bit like the one that wrote them.
 */
public interface Part {

  /** Chunks this part consists of now, 1 or more. */
  default int chunkCount() {
    return 1;
  }

  /**
   * Whether a chunk differs from what was last saved. A new part is dirty as a whole.
   *
   * @param chunk 0 to {@code chunkCount() - 1}
   */
  boolean isDirty(int chunk);

  /**
   * Writes one chunk in full.
   *
   * @param chunk 0 to {@code chunkCount() - 1}
   */
  void writeChunk(int chunk, ImageWriter out);

  /** Called when every dirty chunk has been saved, or after the state was read back. */
  void markClean();
}
