package dev.braid.jobs.operator;

import dev.braid.data.Schema;
import dev.braid.router.Learner;
import dev.braid.router.LearnerReader;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Presets;
import dev.braid.state.image.SavedParts;

/** Where the learners of models come from. */
interface Learners {

  /**
   * Opens an untrained learner.
   *
   * @param key of its model
   */
  Learner open(String key, Schema schema);

  /** Reads a learner back; it comes back clean. */
  Learner read(String key, SavedParts parts);

  /** Whole learners of a specification. */
  static Learners of(final LearnerSpec spec) {
    final LearnerReader reader = new LearnerReader(spec);
    return new Learners() {
      @Override
      public Learner open(final String key, final Schema schema) {
        return Presets.open(spec, schema);
      }

      @Override
      public Learner read(final String key, final SavedParts parts) {
        return reader.read(parts);
      }
    };
  }
}
