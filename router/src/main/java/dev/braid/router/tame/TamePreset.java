package dev.braid.router.tame;

import dev.braid.data.Schema;
import dev.braid.router.Learner;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Options;
import dev.braid.router.Preset;
import dev.braid.router.PresetOption;
import dev.braid.router.SavedLearner;
import java.util.List;

/** The preset {@code tame}. */
public final class TamePreset implements Preset {
  @Override
  public String name() {
    return "tame";
  }

  @Override
  public String description() {
    return "TAME: one expert per task; a loss that rises switches to the known expert that fits"
        + " best, or opens a new one.";
  }

  @Override
  public List<PresetOption> options() {
    return TameOptions.ALL;
  }

  @Override
  public Learner open(final LearnerSpec spec, final Options options, final Schema schema) {
    return new Tame(spec, options, schema);
  }

  @Override
  public Learner read(final SavedLearner saved, final Options options) {
    return new Tame(saved, options);
  }
}
