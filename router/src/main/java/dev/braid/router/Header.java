package dev.braid.router;

import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.Part;
import java.util.function.Supplier;

/**
 * Part 0 of every learner. Chunk 0 is its {@link LearnerIdentity}, which changes only as schema and
 * pool do; the other chunks change with every event learned.
 */
final class Header implements Part {
  private final Supplier<LearnerIdentity> identity;
  private final Part running;

  /** As it was written or read last; null once it has changed. */
  private LearnerIdentity known;

  private boolean identityDirty = true;

  Header(final Supplier<LearnerIdentity> identity, final Part running) {
    this.identity = identity;
    this.running = running;
  }

  /** The learner was read, and is what this says of it. */
  void restored(final LearnerIdentity as) {
    known = as;
  }

  /** Schema, pool or specification changed. */
  void identityChanged() {
    known = null;
    identityDirty = true;
  }

  @Override
  public int chunkCount() {
    return 1 + running.chunkCount();
  }

  @Override
  public boolean isDirty(final int chunk) {
    return chunk == 0 ? identityDirty : running.isDirty(chunk - 1);
  }

  @Override
  public void markClean() {
    identityDirty = false;
    running.markClean();
  }

  @Override
  public void writeChunk(final int chunk, final ImageWriter out) {
    if (chunk > 0) {
      running.writeChunk(chunk - 1, out);
      return;
    }
    if (known == null) {
      known = identity.get();
    }
    known.write(out);
  }
}
