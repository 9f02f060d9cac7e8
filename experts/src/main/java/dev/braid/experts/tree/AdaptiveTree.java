package dev.braid.experts.tree;

import dev.braid.data.Schema;
import dev.braid.drift.Adwin;
import dev.braid.drift.Detectors;
import dev.braid.drift.DriftDetector;
import dev.braid.experts.ExpertKind;
import dev.braid.experts.Probabilities;
import dev.braid.spec.Memo;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A Hoeffding tree as one of an adaptive forest ({@link ForestTree}). Detectors are two ADWINs
 * unless others are given.
 */
public final class AdaptiveTree extends ForestTree<HoeffdingTree> {
  /** As {@link #kind()} says it. */
  public static final String KIND = "adaptive-tree";

  /** Confidences of the forest's published defaults. */
  private static final double WARNING_DELTA = 0.01;

  private static final double DRIFT_DELTA = 0.001;

  private final HoeffdingTreeOptions options;

  /**
   * An untrained tree.
   *
   * @param options of the tree; its seed is not used
   * @param seed of the event weights and, with the number of the tree, of each tree grown
   */
  public AdaptiveTree(final Schema schema, final HoeffdingTreeOptions options, final long seed) {
    this(schema, options, seed, new Adwin(WARNING_DELTA), new Adwin(DRIFT_DELTA));
  }

  /**
   * An untrained tree with detectors of one's own.
   *
   * @param options of the tree; its seed is not used
   * @param seed of the event weights and, with the number of the tree, of each tree grown
   * @param warning begins a second tree where it sees errors rise; fresh
   * @param drift puts the second tree in the first one's place where it sees errors rise; fresh
   */
  public AdaptiveTree(
      final Schema schema,
      final HoeffdingTreeOptions options,
      final long seed,
      final DriftDetector warning,
      final DriftDetector drift) {
    this(options, schema, seed, warning, drift);
    plant();
  }

  private AdaptiveTree(
      final HoeffdingTreeOptions options,
      final Schema schema,
      final long seed,
      final DriftDetector warning,
      final DriftDetector drift) {
    super(schema, seed, warning, drift);
    this.options = options;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  protected HoeffdingTree newTree(final Schema now, final long treeSeed) {
    return new HoeffdingTree(now, options.withSeed(treeSeed));
  }

  @Override
  protected HoeffdingTree savedTree(
      final Schema now, final int chunkCount, final IntFunction<ImageReader> chunks) {
    return HoeffdingTree.read(now, chunkCount, chunks);
  }

  @Override
  protected double error(final double[] predicted, final double target) {
    return Probabilities.argMax(predicted) == (int) target ? 0 : 1;
  }

  @Override
  protected void writeOptions(final ImageWriter out) {
    options.write(out);
  }

  /**
   * Reads an expert back.
   *
   * @param schema as it was when the chunks were written
   * @throws dev.braid.state.image.MalformedImageException if the chunks are not those of such an
   *     expert
   */
  public static AdaptiveTree read(
      final Schema schema, final int chunkCount, final IntFunction<ImageReader> chunks) {
    final ImageReader in = chunks.apply(0);
    in.begin(ImageKind.EXPERT, KIND);
    final Counts counts = Counts.read(in);
    final HoeffdingTreeOptions options = HoeffdingTreeOptions.read(in);
    final DriftDetector warning = Detectors.read(in);
    final DriftDetector drift = Detectors.read(in);
    final AdaptiveTree expert = new AdaptiveTree(options, schema, counts.seed(), warning, drift);
    expert.restore(counts, in, chunkCount, chunks);
    return expert;
  }

  /** Its entry in the registry. */
  public static final class Kind extends ExpertKind {
    private static final HoeffdingTreeOptions DEFAULTS =
        HoeffdingTreeOptions.DEFAULTS
            .withGracePeriod(50)
            .withSplitConfidence(0.01)
            .withMaxBytes(2 << 20);

    /** A pool opens its trees with the same options for every model. */
    private static final Memo<Options, Chosen> CHOSEN = new Memo<>(Chosen::of);

    private enum Features {
      ALL,
      LEAF,
      TREE
    }

    /** For the registry. */
    public Kind() {
      super(
          KIND,
          "A tree of an adaptive random forest: it learns each event some random times, and is replaced when a drift detector sees its errors rise.",
          choices(),
          Kind::open,
          AdaptiveTree::read);
    }

    private static List<Option> choices() {
      final List<Option> options = new ArrayList<>();
      options.add(
          new Option(
              "subspace",
              "all",
              "Which features are seen: all, or a random share of them by each leaf (leaf), or by the"
                  + " tree (tree)."));
      options.add(new Option("share", "0.6", "Share of the features in a subspace, 0 to 1."));
      options.addAll(TreeOptions.withRemoval(DEFAULTS));
      options.add(
          new Option(
              "warning",
              "adwin(delta=" + WARNING_DELTA + ")",
              "Detector that begins a second tree where it sees the errors rise, of those in"
                  + " docs/drift.md."));
      options.add(
          new Option(
              "detector",
              "adwin(delta=" + DRIFT_DELTA + ")",
              "Detector that puts the second tree in the first one's place where it sees the errors"
                  + " rise; a more cautious one."));
      return options;
    }

    /** What options say; both detectors are fresh and stay so. */
    private record Chosen(
        HoeffdingTreeOptions tree,
        double share,
        Features features,
        DriftDetector warning,
        DriftDetector detector) {
      static Chosen of(final Options options) {
        return new Chosen(
            TreeOptions.withRemoval(options, 0),
            options.real("share", 0, 1),
            options.choice("subspace", Features.class),
            Detectors.open(options.text("warning")),
            Detectors.open(options.text("detector")));
      }

      AdaptiveTree open(final Schema schema, final long seed) {
        final HoeffdingTreeOptions seeded = tree.withSeed(seed);
        final int some = (int) Math.ceil(share * schema.featureCount());
        return new AdaptiveTree(
            schema,
            switch (features) {
              case ALL -> seeded;
              case LEAF -> seeded.withLeafSubspace(some);
              case TREE -> seeded.withTreeSubspace(some);
            },
            seed,
            warning.fresh(),
            detector.fresh());
      }
    }

    private static AdaptiveTree open(final Options options, final Schema schema, final long seed) {
      return CHOSEN.of(options).open(schema, seed);
    }

    @Override
    public String label(final Options chosen) {
      return "tree";
    }
  }
}
