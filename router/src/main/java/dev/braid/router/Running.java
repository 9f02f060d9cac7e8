package dev.braid.router;

import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.Part;
import java.util.List;
import java.util.function.Consumer;

/**
 * What changes with every event learned and lies in a learner's part 0, behind its identity. Layout
 * of each chunk: as its writer has it.
 */
public final class Running implements Part {
  private final List<Consumer<ImageWriter>> writers;
  private boolean dirty = true;

  /**
   * @param writers of one chunk each, perhaps none
   */
  public Running(final List<Consumer<ImageWriter>> writers) {
    this.writers = List.copyOf(writers);
  }

  /** An event was learned. */
  public void changed() {
    dirty = true;
  }

  @Override
  public int chunkCount() {
    return writers.size();
  }

  @Override
  public boolean isDirty(final int chunk) {
    return dirty;
  }

  @Override
  public void writeChunk(final int chunk, final ImageWriter out) {
    writers.get(chunk).accept(out.begin(ImageKind.HEADER));
  }

  @Override
  public void markClean() {
    dirty = false;
  }
}
