package dev.braid.router.neural;

import dev.braid.data.Target;
import dev.braid.experts.moe.spec.LayerSpec;
import dev.braid.router.Divisible;
import dev.braid.router.Intervals;
import dev.braid.router.Preset;
import dev.braid.spec.Option;
import java.util.List;

/** The preset {@code neural}. */
public final class NeuralPreset extends Preset {
  /**
   * Nets, and one expert that answers from remembered rows, which the gate finds where the truth
   * moves: the best on average in the study of the zoo.
   */
  private static final String EXPERTS = "mlp*7+window";

  private static final List<Option> OF_NUMBERS = Intervals.with(LayerSpec.OPTIONS);

  /** For the registry. */
  public NeuralPreset() {
    super(
        "neural",
        "Neural experts alone: a dense layer whose gate is the router, learned together.",
        Intervals.with(LayerSpec.optionsWith(EXPERTS)),
        Neural::new,
        Neural::new);
  }

  @Override
  protected String onlyClasses() {
    return "";
  }

  @Override
  protected List<Option> own(final Target target) {
    return target instanceof Target.Quantity ? OF_NUMBERS : super.own(target);
  }

  @Override
  protected Divisible division() {
    throw new IllegalArgumentException("its experts and their gate learn together from one loss");
  }
}
