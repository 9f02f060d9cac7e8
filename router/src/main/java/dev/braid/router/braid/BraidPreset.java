package dev.braid.router.braid;

import dev.braid.data.Schema;
import dev.braid.router.Learner;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Options;
import dev.braid.router.Preset;
import dev.braid.router.PresetOption;
import dev.braid.router.SavedLearner;
import java.util.List;

/** The preset {@code braid}. */
public final class BraidPreset implements Preset {
  @Override
  public String name() {
    return "braid";
  }

  @Override
  public String description() {
    return "Braid's own learner: a small pool of unlike experts under a gate that sees what they say.";
  }

  @Override
  public List<PresetOption> options() {
    return BraidOptions.ALL;
  }

  @Override
  public Learner open(final LearnerSpec spec, final Options options, final Schema schema) {
    return new Braid(spec, options, schema);
  }

  @Override
  public Learner read(final SavedLearner saved, final Options options) {
    return new Braid(saved, options);
  }
}
