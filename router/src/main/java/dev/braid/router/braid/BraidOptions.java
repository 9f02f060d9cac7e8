package dev.braid.router.braid;

import dev.braid.experts.moe.net.Mlp;
import dev.braid.router.Options;
import dev.braid.router.PresetOption;
import dev.braid.router.combine.GateOptions;
import java.util.List;

/** The options of the preset {@code braid}: which parts it has, and the gate's constants. */
final class BraidOptions {
  static final List<PresetOption> ALL =
      List.of(
          new PresetOption(
              "trees",
              "9",
              "Adaptive trees in the pool, 0 to 100: in turn with a random subspace of the features for"
                  + " each leaf, with one for the tree, and with all features."),
          new PresetOption(
              "tree-bytes",
              "2097152",
              "Bytes that one tree may take, 65536 to 2^30; then it stops its least promising"
                  + " leaves."),
          new PresetOption(
              "neighbour-window",
              "1000",
              "Events among which the nearest neighbours are sought, 0 for no such expert."),
          new PresetOption(
              "naive-bayes",
              "true",
              "Whether three naive Bayes, of memories from 100 to 10,000 events, take part."),
          new PresetOption(
              "last-label",
              "true",
              "Whether an expert that knows the label learned last takes part."),
          new PresetOption(
              "crossed-linear",
              "true",
              "Whether a linear expert over hashed pairs of features takes part."),
          new PresetOption("neural", "true", "Whether a small network takes part as an expert."),
          new PresetOption(
              "dense",
              "0",
              "Experts of a dense layer that takes part as one expert, 0 to 1000, 0 for no such"
                  + " expert."),
          new PresetOption(
              "gate", "true", "Whether the gate corrects the vote; false leaves the vote alone."),
          new PresetOption("hidden", "32", "Units of the gate's hidden layer, 1 to 4096."),
          new PresetOption("learning-rate", "0.001", "Adam's step size in the gate, above 0.")
              .whichMayChange(),
          new PresetOption("fresh", "8", "Events from one step of the gate to the next, 1 to 32."),
          new PresetOption(
              "remembered",
              "512",
              "Events that the gate's steps draw earlier ones from, 32 to 65536."));

  private BraidOptions() {}

  static GateOptions gate(final Options options) {
    return new GateOptions(
        options.integer("hidden", 1, 4096),
        options.real("learning-rate", 1e-9, 10),
        options.integer("fresh", 1, Mlp.SLICE),
        Mlp.SLICE,
        options.integer("remembered", Mlp.SLICE, 1 << 16));
  }
}
