package dev.braid.router;

import dev.braid.data.Schema;
import java.util.List;

/** What {@link Presets} knows of each learner. */
record Preset(String description, List<PresetOption> options, Opener opener, Reader reader) {

  /** Makes an untrained learner. */
  interface Opener {
    Learner open(LearnerSpec spec, Options options, Schema schema);
  }

  /** Makes a learner from its saved blocks. */
  interface Reader {
    Learner read(SavedLearner saved, Options options);
  }
}
