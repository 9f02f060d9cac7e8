package dev.braid.router.neural;

import dev.braid.data.Schema;
import dev.braid.router.Learner;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Options;
import dev.braid.router.Preset;
import dev.braid.router.PresetOption;
import dev.braid.router.SavedLearner;
import java.util.List;

/** The preset {@code neural}. */
public final class NeuralPreset implements Preset {
  @Override
  public String name() {
    return "neural";
  }

  @Override
  public String description() {
    return "Neural experts alone: a dense layer whose gate is the router, learned together.";
  }

  @Override
  public List<PresetOption> options() {
    return Neural.OPTIONS;
  }

  @Override
  public Learner open(final LearnerSpec spec, final Options options, final Schema schema) {
    return new Neural(spec, options, schema);
  }

  @Override
  public Learner read(final SavedLearner saved, final Options options) {
    return new Neural(saved, options);
  }
}
