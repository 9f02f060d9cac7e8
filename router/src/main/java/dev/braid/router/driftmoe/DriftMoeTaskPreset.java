package dev.braid.router.driftmoe;

import dev.braid.router.Divisible;
import dev.braid.router.Preset;
import dev.braid.spec.Option;
import java.util.ArrayList;
import java.util.List;

/** The preset {@code driftmoe-task}. */
public final class DriftMoeTaskPreset extends Preset {
  /** For the registry. */
  public DriftMoeTaskPreset() {
    super(
        "driftmoe-task",
        "DriftMoE with one binary Hoeffding tree per class, trained one-versus-rest and gated by"
            + " a neural router.",
        choices(),
        DriftMoeTask::new,
        DriftMoeTask::new);
  }

  @Override
  protected String onlyClasses() {
    return "it has an expert per class";
  }

  private static List<Option> choices() {
    final List<Option> options = new ArrayList<>();
    options.add(
        new Option(
            DriftMoeTask.EXPERT,
            "hoeffding-tree(grace-period=50)",
            "What the expert of each class is: a registered expert."));
    options.add(
        new Option(
            "published-code",
            "false",
            "Whether the router alone predicts, with a dropout of 0.2 always on, as in the"
                + " published code; the trees then have no influence."));
    options.addAll(Router.Settings.options(1, 0));
    return options;
  }

  @Override
  protected Divisible division() {
    throw new IllegalArgumentException(
        "its router sees the features, and its experts come with the classes");
  }
}
