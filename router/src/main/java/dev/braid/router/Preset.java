package dev.braid.router;

import dev.braid.data.Schema;
import java.util.List;

/** A learner that can be opened by name, found as a service by {@link Presets}. */
public interface Preset {
  /** As {@link LearnerSpec#preset()} says it. */
  String name();

  /** One sentence on what it is. */
  String description();

  /** Every option with its default. */
  List<PresetOption> options();

  /** Makes an untrained learner. */
  Learner open(LearnerSpec spec, Options options, Schema schema);

  /** Makes a learner from its saved blocks. */
  Learner read(SavedLearner saved, Options options);
}
