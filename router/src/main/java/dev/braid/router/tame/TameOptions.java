package dev.braid.router.tame;

import dev.braid.router.Options;
import dev.braid.router.PresetOption;
import java.util.List;

/**
 * The constants of the preset {@code tame}.
 *
 * @param cap experts in the pool at the most
 * @param maxBytes heap bytes of all experts together at the most
 * @param batch events of a mini-batch
 * @param window smoothed losses that an expert's threshold comes from
 * @param smoothing share of the newest loss in the smoothed one
 * @param trial mini-batches on which the experts are compared before one of them is chosen
 * @param cooldown mini-batches after a choice in which no other is made
 * @param reuse whether a known expert may be switched to
 * @param selector whether the selector takes part in predictions
 * @param reservoir events that the selector is trained on
 * @param hidden units of the selector's hidden layer
 */
record TameOptions(
    int cap,
    long maxBytes,
    int batch,
    int window,
    double smoothing,
    int trial,
    int cooldown,
    boolean reuse,
    boolean selector,
    int reservoir,
    int hidden) {

  static final List<PresetOption> ALL =
      List.of(
          new PresetOption(
              "experts",
              "16",
              "Experts in the pool at the most, 1 to 1000; 1 leaves a single expert that is never"
                  + " changed."),
          new PresetOption(
              "max-bytes",
              "67108864",
              "Heap bytes of all experts together at the most, 65536 to 2^40; beyond, the least"
                  + " useful are retired, never the active one."),
          new PresetOption(
              "expert",
              "replay-network",
              "What every expert is: one of the registered experts, with its options."),
          new PresetOption(
              "batch",
              "32",
              "Events of a mini-batch: a loss is taken, and the experts learn, once per batch, 1 to"
                  + " 4096."),
          new PresetOption(
              "window",
              "100",
              "Losses that an expert's threshold comes from, 10 to 65536; 35 for short tasks."),
          new PresetOption(
              "smoothing", "0.2", "Share of the newest loss in the smoothed one, 0.001 to 1."),
          new PresetOption(
              "trial",
              "2",
              "Mini-batches after an alarm on which all experts are compared, 1 to 1000."),
          new PresetOption(
              "cooldown",
              "10",
              "Mini-batches after a choice of expert in which no alarm is raised, 0 to 65536."),
          new PresetOption(
              "reuse",
              "true",
              "Whether an expert of the pool may be switched to; false opens a new one at every"
                  + " change."),
          new PresetOption(
              "selector",
              "true",
              "Whether the selector network takes part in predictions; false leaves them to the"
                  + " active expert."),
          new PresetOption(
              "reservoir",
              "512",
              "Events, drawn uniformly from the stream, that the selector is trained on, 32 to"
                  + " 65536."),
          new PresetOption("hidden", "32", "Units of the selector's hidden layer, 1 to 4096."));

  static TameOptions of(final Options options) {
    return new TameOptions(
        options.integer("experts", 1, 1000),
        (long) options.real("max-bytes", 1 << 16, 1L << 40),
        options.integer("batch", 1, 4096),
        options.integer("window", 10, 1 << 16),
        options.real("smoothing", 0.001, 1),
        options.integer("trial", 1, 1000),
        options.integer("cooldown", 0, 1 << 16),
        options.flag("reuse"),
        options.flag("selector"),
        options.integer("reservoir", 32, 1 << 16),
        options.integer("hidden", 1, 4096));
  }
}
