package dev.braid.router.driftmoe;

import dev.braid.data.Schema;
import dev.braid.router.Learner;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Options;
import dev.braid.router.Preset;
import dev.braid.router.PresetOption;
import dev.braid.router.SavedLearner;
import java.util.List;

/** The preset {@code driftmoe-data}. */
public final class DriftMoeDataPreset implements Preset {
  @Override
  public String name() {
    return "driftmoe-data";
  }

  @Override
  public String description() {
    return "DriftMoE with multi-class experts: a neural router picks one of twelve Hoeffding trees,"
        + " and trains the three it trusts most.";
  }

  @Override
  public List<PresetOption> options() {
    return DriftMoeData.options();
  }

  @Override
  public Learner open(final LearnerSpec spec, final Options options, final Schema schema) {
    return new DriftMoeData(spec, options, schema);
  }

  @Override
  public Learner read(final SavedLearner saved, final Options options) {
    return new DriftMoeData(saved, options);
  }
}
