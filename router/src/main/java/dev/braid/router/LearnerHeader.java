package dev.braid.router;

import dev.braid.state.image.Part;

/** Part 0 of every learner. Its block 0 is the {@link LearnerIdentity}. */
public interface LearnerHeader extends Part {
  /** Schema, pool or specification changed: block 0 is to be written again. */
  void identityChanged();
}
