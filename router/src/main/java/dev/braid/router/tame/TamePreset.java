package dev.braid.router.tame;

import dev.braid.router.Divisible;
import dev.braid.router.Intervals;
import dev.braid.router.Preset;
import dev.braid.spec.Option;
import java.util.List;

/** The preset {@code tame}. */
public final class TamePreset extends Preset {
  /** For the registry. */
  public TamePreset() {
    super(
        "tame",
        "TAME: one expert per task; a loss that rises switches to the known expert that fits"
            + " best, or opens a new one.",
        Intervals.with(
            List.of(
                new Option(
                    "experts",
                    "16",
                    "Experts in the pool at the most, 1 to 1000; 1 leaves a single expert that is never"
                        + " changed."),
                new Option(
                    "max-bytes",
                    "67108864",
                    "Heap bytes of all experts together at the most, 65536 to 2^40; beyond, the least"
                        + " useful are retired, never the active one."),
                new Option(
                    "expert",
                    "replay-network",
                    "What every expert is: one of the registered experts, with its options."),
                new Option(
                    "batch",
                    "32",
                    "Events of a mini-batch: a loss is taken, and the experts learn, once per batch, 1 to"
                        + " 4096."),
                new Option(
                    "window",
                    "100",
                    "Losses that an expert's threshold comes from, 10 to 65536; 35 for short tasks."),
                new Option(
                    "smoothing",
                    "0.2",
                    "Share of the newest loss in the smoothed one, 0.001 to 1."),
                new Option(
                    "trial",
                    "2",
                    "Mini-batches after an alarm on which all experts are compared, 1 to 1000."),
                new Option(
                    "cooldown",
                    "10",
                    "Mini-batches after a choice of expert in which no alarm is raised, 0 to 65536."),
                new Option(
                    "reuse",
                    "true",
                    "Whether an expert of the pool may be switched to; false opens a new one at every"
                        + " change."),
                new Option(
                    "selector",
                    "true",
                    "Whether the selector network takes part in predictions; false leaves them to the"
                        + " active expert."),
                new Option(
                    "reservoir",
                    "512",
                    "Events, drawn uniformly from the stream, that the selector is trained on, 32 to"
                        + " 65536."),
                new Option("hidden", "32", "Units of the selector's hidden layer, 1 to 4096."))),
        Tame::new,
        Tame::new);
  }

  @Override
  protected String onlyClasses() {
    return "";
  }

  @Override
  protected Divisible division() {
    throw new IllegalArgumentException(
        "one expert learns at a time, and the losses of all before say which");
  }
}
