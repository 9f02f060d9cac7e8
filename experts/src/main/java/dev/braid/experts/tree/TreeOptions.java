package dev.braid.experts.tree;

import dev.braid.spec.Option;
import dev.braid.spec.Options;
import java.util.List;

/** The options that every registered kind of tree has, as text. */
final class TreeOptions {
  private TreeOptions() {}

  /**
   * @param defaults what they are where nothing is given
   */
  static List<Option> of(final HoeffdingTreeOptions defaults) {
    return List.of(
        new Option(
            "grace-period",
            Integer.toString(defaults.gracePeriod()),
            "Weight that a leaf takes in between two attempts to split, 0 or more."),
        new Option(
            "split-confidence",
            Double.toString(defaults.splitConfidence()).replace(".0E", "e"),
            "Chance of a wrong split, above 0 up to 1."),
        new Option(
            "tie-threshold",
            Double.toString(defaults.tieThreshold()),
            "Hoeffding bound below which a tie is broken, 0 to 1."),
        new Option(
            "leaf-prediction",
            Options.word(defaults.leafPrediction()),
            "How leaves predict: majority-class, naive-bayes or naive-bayes-adaptive."),
        new Option(
            "binary-splits",
            Boolean.toString(defaults.binarySplits()),
            "Whether nominal features are split in two branches only."),
        new Option(
            "pre-pruning",
            Boolean.toString(defaults.prePruning()),
            "Whether no split at all competes with the splits."),
        new Option(
            "max-bytes",
            Long.toString(defaults.maxBytes()),
            "Bytes that the tree may take, 1024 to 2^40; then it stops its least promising"
                + " leaves."));
  }

  static HoeffdingTreeOptions of(final Options options, final long seed) {
    return HoeffdingTreeOptions.DEFAULTS
        .withGracePeriod(options.integer("grace-period", 0, Integer.MAX_VALUE))
        .withSplitConfidence(options.real("split-confidence", Double.MIN_VALUE, 1))
        .withTieThreshold(options.real("tie-threshold", 0, 1))
        .withLeafPrediction(options.choice("leaf-prediction", LeafPrediction.class))
        .withBinarySplits(options.flag("binary-splits"))
        .withPrePruning(options.flag("pre-pruning"))
        .withMaxBytes(options.wholeNumber("max-bytes", 1 << 10, 1L << 40))
        .withSeed(seed);
  }
}
