package dev.braid.router;

import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageWriter;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Part 0 of a learner. Chunk 0 is its {@link LearnerIdentity}, which changes only as schema and
 * pool do; the other chunks change with every event learned.
 */
public final class Header implements LearnerHeader {
  private final Supplier<LearnerIdentity> identity;
  private final List<Consumer<ImageWriter>> running;

  /** As it was written or read last; null once it has changed. */
  private LearnerIdentity known;

  private boolean identityDirty = true;
  private boolean dirty = true;

  /**
   * @param running writes chunk 1, 2, ...
   */
  public Header(
      final Supplier<LearnerIdentity> identity, final List<Consumer<ImageWriter>> running) {
    this.identity = identity;
    this.running = List.copyOf(running);
  }

  /** An event was learned. */
  public void changed() {
    dirty = true;
  }

  /** The learner was read, and is what this says of it. */
  public void restored(final LearnerIdentity as) {
    known = as;
  }

  @Override
  public void identityChanged() {
    known = null;
    dirty = true;
    identityDirty = true;
  }

  @Override
  public int chunkCount() {
    return 1 + running.size();
  }

  @Override
  public boolean isDirty(final int chunk) {
    return chunk == 0 ? identityDirty : dirty;
  }

  @Override
  public void markClean() {
    dirty = false;
    identityDirty = false;
  }

  @Override
  public void writeChunk(final int chunk, final ImageWriter out) {
    if (chunk == 0) {
      if (known == null) {
        known = identity.get();
      }
      known.write(out);
    } else {
      running.get(chunk - 1).accept(out.begin(ImageKind.HEADER));
    }
  }
}
