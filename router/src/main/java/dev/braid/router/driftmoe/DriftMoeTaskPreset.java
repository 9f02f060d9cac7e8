package dev.braid.router.driftmoe;

import dev.braid.data.Schema;
import dev.braid.router.Learner;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Options;
import dev.braid.router.Preset;
import dev.braid.router.PresetOption;
import dev.braid.router.SavedLearner;
import java.util.List;

/** The preset {@code driftmoe-task}. */
public final class DriftMoeTaskPreset implements Preset {
  @Override
  public String name() {
    return "driftmoe-task";
  }

  @Override
  public String description() {
    return "DriftMoE with one binary Hoeffding tree per class, trained one-versus-rest and gated by"
        + " a neural router.";
  }

  @Override
  public List<PresetOption> options() {
    return DriftMoeTask.options();
  }

  @Override
  public Learner open(final LearnerSpec spec, final Options options, final Schema schema) {
    return new DriftMoeTask(spec, options, schema);
  }

  @Override
  public Learner read(final SavedLearner saved, final Options options) {
    return new DriftMoeTask(saved, options);
  }
}
