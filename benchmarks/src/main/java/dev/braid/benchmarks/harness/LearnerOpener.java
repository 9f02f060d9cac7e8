package dev.braid.benchmarks.harness;

import dev.braid.data.Schema;
import dev.braid.router.Learner;

/** Finds one of Braid's learners by the name under which it was asked for. */
@FunctionalInterface
public interface LearnerOpener {

  /**
   * Opens a learner that knows nothing yet.
   *
   * @param learner as asked for
   * @throws IllegalArgumentException if there is no such learner, in a sentence for the user
   */
  Learner open(String learner, long seed, Schema schema);
}
