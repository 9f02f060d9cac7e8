package dev.braid.router;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.MalformedImageException;
import dev.braid.state.image.SavedParts;
import java.util.List;

/**
 * Reads saved learners that shall go on under one specification. Where many are read, most say the
 * same of themselves: they share one schema object then, and what they say is read once. Not
 * thread-safe.
 */
public final class LearnerReader {
  private final LearnerSpec spec;

  /** The first chunk of the learner read last, and what it says. */
  private byte[] image = {};

  private LearnerIdentity identity;
  private boolean changed;

  /**
   * @param spec one that {@link Presets#conflicts} has nothing against
   */
  public LearnerReader(final LearnerSpec spec) {
    this.spec = spec;
  }

  /**
   * Reads a learner back from the chunks of its parts; it comes back clean, but for its first chunk
   * if that shall name another specification now.
   *
   * @throws IllegalArgumentException with one sentence, if it cannot go on under the specification
   * @throws MalformedImageException if the chunks are not those of a learner
   */
  public Learner read(final SavedParts chunks) {
    final ImageReader first = chunks.chunk(0, 0);
    if (!first.isAt(image)) {
      final byte[] other = first.rest();
      identity = identity(first);
      image = other;
    }
    final Learner learner = LearnerImage.read(identity, chunks);
    if (changed) {
      ((PoolLearner) learner).specificationChanged();
    }
    return learner;
  }

  private LearnerIdentity identity(final ImageReader first) {
    final LearnerIdentity saved = LearnerIdentity.read(first);
    changed = !saved.spec().equals(spec);
    if (!changed) {
      return saved;
    }
    final List<String> conflicts = Presets.conflicts(saved.spec(), spec, saved.schema().target());
    if (!conflicts.isEmpty()) {
      throw new IllegalArgumentException(
          "the saved learner cannot go on: " + String.join("; ", conflicts));
    }
    return saved.with(spec);
  }
}
