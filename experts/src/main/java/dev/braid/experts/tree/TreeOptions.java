package dev.braid.experts.tree;

import dev.braid.spec.Option;
import dev.braid.spec.Options;
import java.util.ArrayList;
import java.util.List;

/** The options that every registered kind of tree of classes has, as text. */
final class TreeOptions {
  private static final Option REMOVAL =
      new Option(
          "remove-poor-features",
          "false",
          "Whether leaves stop observing features that are clearly no candidates for a split; of"
              + " majority-class leaves alone.");

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
            "split-criterion",
            Options.word(defaults.criterion()),
            "What makes a split good: information-gain or gini."),
        new Option(
            "leaf-prediction",
            Options.word(defaults.leafPrediction()),
            "How leaves predict: majority-class, naive-bayes or naive-bayes-adaptive."),
        new Option(
            "naive-bayes-threshold",
            Integer.toString(defaults.naiveBayesThreshold()),
            "Weight from which naive-bayes leaves use naive Bayes, 0 or more; of those alone."),
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
                + " leaves."),
        new Option(
            "stop-at-max-bytes",
            Boolean.toString(defaults.stopAtMaxBytes()),
            "Whether the tree splits no more, for good, once its bytes are taken."));
  }

  /** The same for a tree whose leaves may stop observing features. */
  static List<Option> withRemoval(final HoeffdingTreeOptions defaults) {
    final List<Option> options = new ArrayList<>(of(defaults));
    options.add(REMOVAL);
    return options;
  }

  /** What was chosen for a tree whose leaves may stop observing features. */
  static HoeffdingTreeOptions withRemoval(final Options options, final long seed) {
    final HoeffdingTreeOptions tree = of(options, seed);
    final boolean remove = options.flag(REMOVAL.name());
    if (remove && tree.leafPrediction() != LeafPrediction.MAJORITY_CLASS) {
      throw options.bad(REMOVAL.name(), "false where leaf-prediction is not majority-class");
    }
    return tree.withRemovePoorFeatures(remove);
  }

  /** What was chosen. */
  static HoeffdingTreeOptions of(final Options options, final long seed) {
    final LeafPrediction leaves = options.choice("leaf-prediction", LeafPrediction.class);
    final int threshold = options.integer("naive-bayes-threshold", 0, Integer.MAX_VALUE);
    if (threshold > 0 && leaves != LeafPrediction.NAIVE_BAYES) {
      throw options.bad("naive-bayes-threshold", "0 where leaf-prediction is not naive-bayes");
    }
    return HoeffdingTreeOptions.DEFAULTS
        .withGracePeriod(options.integer("grace-period", 0, Integer.MAX_VALUE))
        .withSplitConfidence(options.real("split-confidence", Double.MIN_VALUE, 1))
        .withTieThreshold(options.real("tie-threshold", 0, 1))
        .withCriterion(options.choice("split-criterion", SplitCriterion.class))
        .withLeafPrediction(leaves)
        .withNaiveBayesThreshold(threshold)
        .withBinarySplits(options.flag("binary-splits"))
        .withPrePruning(options.flag("pre-pruning"))
        .withMaxBytes(options.wholeNumber("max-bytes", 1 << 10, 1L << 40))
        .withStopAtMaxBytes(options.flag("stop-at-max-bytes"))
        .withSeed(seed);
  }
}
