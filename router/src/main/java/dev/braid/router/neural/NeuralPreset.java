package dev.braid.router.neural;

import dev.braid.experts.moe.spec.LayerSpec;
import dev.braid.router.Divisible;
import dev.braid.router.Intervals;
import dev.braid.router.Preset;

/** The preset {@code neural}. */
public final class NeuralPreset extends Preset {
  /** For the registry. */
  public NeuralPreset() {
    super(
        "neural",
        "Neural experts alone: a dense layer whose gate is the router, learned together.",
        Intervals.with(LayerSpec.OPTIONS),
        Neural::new,
        Neural::new);
  }

  @Override
  protected String onlyClasses() {
    return "";
  }

  @Override
  protected Divisible division() {
    throw new IllegalArgumentException("its experts and their gate learn together from one loss");
  }
}
