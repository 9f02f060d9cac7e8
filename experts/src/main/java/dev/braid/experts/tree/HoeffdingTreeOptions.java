package dev.braid.experts.tree;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.util.Objects;

/**
 * Options of the Hoeffding trees, with the meaning and the defaults of MOA's option letters.
 *
 * @param gracePeriod weight a leaf takes in between two split attempts, 0 or more (-g)
 * @param splitConfidence chance of a wrong split, above 0 up to 1 (-c)
 * @param tieThreshold Hoeffding bound below which a tie is broken, 0 to 1 (-t)
 * @param criterion what makes a split good (-s)
 * @param leafPrediction how leaves predict (-l)
 * @param naiveBayesThreshold weight from which {@link LeafPrediction#NAIVE_BAYES} leaves use naive
 *     Bayes, 0 or more (-q)
 * @param binarySplits whether nominal features are split in two branches only (-b)
 * @param removePoorFeatures whether leaves stop observing features that are clearly no split
 *     candidates; only majority class leaves do, the others need them to predict (-r)
 * @param prePruning whether "no split" competes with the splits (the opposite of -p)
 * @param stopAtMaxBytes whether the tree stops growing for good at the limit, instead of
 *     deactivating its least promising leaves (-z)
 * @param maxBytes upper limit of {@link HoeffdingTree#sizeBytes()}, 1024 or more (-m, there by an
 *     estimate of the heap)
 * @param leafSubspace how many features, drawn at random, each leaf observes, as in adaptive random
 *     forests; 0 for all
 * @param treeSubspace how many features, drawn once at random, the tree sees at all, as in
 *     streaming random patches; 0 for all
 * @param seed of the random draws
 */
public record HoeffdingTreeOptions(
    int gracePeriod,
    double splitConfidence,
    double tieThreshold,
    SplitCriterion criterion,
    LeafPrediction leafPrediction,
    int naiveBayesThreshold,
    boolean binarySplits,
    boolean removePoorFeatures,
    boolean prePruning,
    boolean stopAtMaxBytes,
    long maxBytes,
    int leafSubspace,
    int treeSubspace,
    long seed) {

  /** MOA's defaults. */
  public static final HoeffdingTreeOptions DEFAULTS =
      new HoeffdingTreeOptions(
          200,
          1e-7,
          0.05,
          SplitCriterion.INFORMATION_GAIN,
          LeafPrediction.NAIVE_BAYES_ADAPTIVE,
          0,
          false,
          false,
          true,
          false,
          32L << 20,
          0,
          0,
          1);

  private static final int SMALLEST_CAP = 1024;

  public HoeffdingTreeOptions {
    Objects.requireNonNull(criterion, "criterion");
    Objects.requireNonNull(leafPrediction, "leafPrediction");
    require(gracePeriod >= 0, "gracePeriod must be 0 or more, not ", gracePeriod);
    require(
        splitConfidence > 0 && splitConfidence <= 1,
        "splitConfidence must lie above 0 and up to 1, not ",
        splitConfidence);
    require(
        tieThreshold >= 0 && tieThreshold <= 1,
        "tieThreshold must lie between 0 and 1, not ",
        tieThreshold);
    require(
        naiveBayesThreshold >= 0,
        "naiveBayesThreshold must be 0 or more, not ",
        naiveBayesThreshold);
    require(maxBytes >= SMALLEST_CAP, "maxBytes must be 1024 or more, not ", maxBytes);
    require(leafSubspace >= 0, "leafSubspace must be 0 (all features) or more, not ", leafSubspace);
    require(treeSubspace >= 0, "treeSubspace must be 0 (all features) or more, not ", treeSubspace);
  }

  private static void require(final boolean condition, final String message, final Number value) {
    if (!condition) {
      throw new IllegalArgumentException(message + value);
    }
  }

  /** These options with another grace period. */
  public HoeffdingTreeOptions withGracePeriod(final int value) {
    final Draft draft = new Draft(this);
    draft.gracePeriod = value;
    return draft.options();
  }

  /** These options with another split confidence. */
  public HoeffdingTreeOptions withSplitConfidence(final double value) {
    final Draft draft = new Draft(this);
    draft.splitConfidence = value;
    return draft.options();
  }

  /** These options with another tie threshold. */
  public HoeffdingTreeOptions withTieThreshold(final double value) {
    final Draft draft = new Draft(this);
    draft.tieThreshold = value;
    return draft.options();
  }

  /** These options with another split criterion. */
  public HoeffdingTreeOptions withCriterion(final SplitCriterion value) {
    final Draft draft = new Draft(this);
    draft.criterion = value;
    return draft.options();
  }

  /** These options with another leaf prediction. */
  public HoeffdingTreeOptions withLeafPrediction(final LeafPrediction value) {
    final Draft draft = new Draft(this);
    draft.leafPrediction = value;
    return draft.options();
  }

  /** These options with another naive Bayes threshold. */
  public HoeffdingTreeOptions withNaiveBayesThreshold(final int value) {
    final Draft draft = new Draft(this);
    draft.naiveBayesThreshold = value;
    return draft.options();
  }

  /** These options with binary splits of nominal features, or not. */
  public HoeffdingTreeOptions withBinarySplits(final boolean value) {
    final Draft draft = new Draft(this);
    draft.binarySplits = value;
    return draft.options();
  }

  /** These options with removal of poor features, or not. */
  public HoeffdingTreeOptions withRemovePoorFeatures(final boolean value) {
    final Draft draft = new Draft(this);
    draft.removePoorFeatures = value;
    return draft.options();
  }

  /** These options with pre-pruning, or not. */
  public HoeffdingTreeOptions withPrePruning(final boolean value) {
    final Draft draft = new Draft(this);
    draft.prePruning = value;
    return draft.options();
  }

  /** These options with growth ending at the memory limit, or not. */
  public HoeffdingTreeOptions withStopAtMaxBytes(final boolean value) {
    final Draft draft = new Draft(this);
    draft.stopAtMaxBytes = value;
    return draft.options();
  }

  /** These options with another byte cap. */
  public HoeffdingTreeOptions withMaxBytes(final long value) {
    final Draft draft = new Draft(this);
    draft.maxBytes = value;
    return draft.options();
  }

  /** These options with another number of features per leaf. */
  public HoeffdingTreeOptions withLeafSubspace(final int value) {
    final Draft draft = new Draft(this);
    draft.leafSubspace = value;
    return draft.options();
  }

  /** These options with another number of features per tree. */
  public HoeffdingTreeOptions withTreeSubspace(final int value) {
    final Draft draft = new Draft(this);
    draft.treeSubspace = value;
    return draft.options();
  }

  /** These options with another seed. */
  public HoeffdingTreeOptions withSeed(final long value) {
    final Draft draft = new Draft(this);
    draft.seed = value;
    return draft.options();
  }

  void write(final ImageWriter out) {
    out.putInt(gracePeriod).putDouble(splitConfidence).putDouble(tieThreshold);
    out.putInt(criterion.code).putInt(leafPrediction.code).putInt(naiveBayesThreshold);
    out.putBoolean(binarySplits).putBoolean(removePoorFeatures).putBoolean(prePruning);
    out.putBoolean(stopAtMaxBytes).putLong(maxBytes);
    out.putInt(leafSubspace).putInt(treeSubspace).putLong(seed);
  }

  static HoeffdingTreeOptions read(final ImageReader in) {
    try {
      return new HoeffdingTreeOptions(
          in.getInt(),
          in.getDouble(),
          in.getDouble(),
          SplitCriterion.of(in.getInt()),
          LeafPrediction.of(in.getInt()),
          in.getInt(),
          in.getBoolean(),
          in.getBoolean(),
          in.getBoolean(),
          in.getBoolean(),
          in.getLong(),
          in.getInt(),
          in.getInt(),
          in.getLong());
    } catch (final IllegalArgumentException refused) {
      throw new MalformedImageException("options of a tree: " + refused.getMessage());
    }
  }

  /** The options as fields, of which some are to be changed. */
  private static final class Draft {
    private int gracePeriod;
    private double splitConfidence;
    private double tieThreshold;
    private SplitCriterion criterion;
    private LeafPrediction leafPrediction;
    private int naiveBayesThreshold;
    private boolean binarySplits;
    private boolean removePoorFeatures;
    private boolean prePruning;
    private boolean stopAtMaxBytes;
    private long maxBytes;
    private int leafSubspace;
    private int treeSubspace;
    private long seed;

    Draft(final HoeffdingTreeOptions from) {
      gracePeriod = from.gracePeriod;
      splitConfidence = from.splitConfidence;
      tieThreshold = from.tieThreshold;
      criterion = from.criterion;
      leafPrediction = from.leafPrediction;
      naiveBayesThreshold = from.naiveBayesThreshold;
      binarySplits = from.binarySplits;
      removePoorFeatures = from.removePoorFeatures;
      prePruning = from.prePruning;
      stopAtMaxBytes = from.stopAtMaxBytes;
      maxBytes = from.maxBytes;
      leafSubspace = from.leafSubspace;
      treeSubspace = from.treeSubspace;
      seed = from.seed;
    }

    HoeffdingTreeOptions options() {
      return new HoeffdingTreeOptions(
          gracePeriod,
          splitConfidence,
          tieThreshold,
          criterion,
          leafPrediction,
          naiveBayesThreshold,
          binarySplits,
          removePoorFeatures,
          prePruning,
          stopAtMaxBytes,
          maxBytes,
          leafSubspace,
          treeSubspace,
          seed);
    }
  }
}
