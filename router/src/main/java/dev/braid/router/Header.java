package dev.braid.router;

import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.Part;
import java.util.List;
import java.util.function.Supplier;

/**
 * Part 0 of every learner. Chunk 0 is its {@link LearnerIdentity}, which changes only as schema and
 * pool do; the other chunks change with every event learned: what the preset has of that kind, then
 * the ranges of the features.
 */
final class Header implements Part {
  private final Supplier<LearnerIdentity> identity;
  private final Part running;
  private final Part ranges;

  /** As it was written or read last; null once it has changed. */
  private LearnerIdentity known;

  private boolean identityDirty = true;

  Header(final Supplier<LearnerIdentity> identity, final Part running, final Part ranges) {
    this.identity = identity;
    this.running = running;
    this.ranges = ranges;
  }

  /** A header of a piece of a learner. */
  static Header of(final Supplier<LearnerIdentity> identity, final Part ranges) {
    return new Header(identity, new Running(List.of()), ranges);
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
    return 2 + running.chunkCount();
  }

  @Override
  public boolean isDirty(final int chunk) {
    if (chunk == 0) {
      return identityDirty;
    }
    return chunk <= running.chunkCount() ? running.isDirty(chunk - 1) : ranges.isDirty(0);
  }

  @Override
  public void markClean() {
    identityDirty = false;
    running.markClean();
    ranges.markClean();
  }

  @Override
  public void writeChunk(final int chunk, final ImageWriter out) {
    if (chunk > running.chunkCount()) {
      ranges.writeChunk(0, out);
      return;
    }
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
