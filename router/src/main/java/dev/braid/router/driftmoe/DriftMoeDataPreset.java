package dev.braid.router.driftmoe;

import dev.braid.router.Divisible;
import dev.braid.router.Preset;
import dev.braid.spec.Option;
import java.util.ArrayList;
import java.util.List;

/** The preset {@code driftmoe-data}. */
public final class DriftMoeDataPreset extends Preset {
  /** For the registry. */
  public DriftMoeDataPreset() {
    super(
        "driftmoe-data",
        "DriftMoE with multi-class experts: a neural router picks one of twelve Hoeffding trees,"
            + " and trains the three it trusts most.",
        choices(),
        DriftMoeData::new,
        DriftMoeData::new);
  }

  @Override
  protected String onlyClasses() {
    return "its router learns which experts named the right class, and no number is quite right";
  }

  private static List<Option> choices() {
    final List<Option> options = new ArrayList<>();
    options.add(
        new Option(
            "experts",
            "hoeffding-tree(grace-period=50)*12",
            "The pool: registered experts with + between them, *N for N of one sort."));
    options.add(
        new Option("top-k", "3", "Experts that learn each event, 1 to experts.").whichMayChange());
    options.add(
        new Option(
                "temperature",
                "0.8",
                "Divides the logits before the softmax that the weights are, above 0.")
            .whichMayChange());
    options.addAll(Router.Settings.options(256, 0));
    return options;
  }

  @Override
  protected Divisible division() {
    throw new IllegalArgumentException(
        "the router chooses who learns an event, and has to have learned the one before");
  }
}
