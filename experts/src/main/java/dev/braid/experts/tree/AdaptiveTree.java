package dev.braid.experts.tree;

import dev.braid.data.Schema;
import dev.braid.drift.Adwin;
import dev.braid.drift.Detectors;
import dev.braid.drift.DriftDetector;
import dev.braid.experts.CounterRandom;
import dev.braid.experts.Expert;
import dev.braid.experts.ExpertKind;
import dev.braid.experts.PoissonWeight;
import dev.braid.experts.Probabilities;
import dev.braid.experts.TreeCounts;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * One tree of an adaptive forest (Gomes et al., "Adaptive random forests for evolving data stream
 * classification", Machine Learning 2017, algorithm 1): it learns each event as often as a Poisson
 * variable of mean 6 says, and two drift detectors watch its errors. When a sensitive one sees them
 * rise, a second tree starts to learn in the background; when a cautious one does, it takes over.
 * Detectors are two ADWINs unless others are given.
 *
 * <p>Chunk 0 ({@code ATRE}, version 1): seed, options by the numbers that differ between trees,
 * events, trees grown, both detectors, number of chunks of the tree and of the one in the
 * background; then the chunks of the tree, then those of the background tree.
 */
public final class AdaptiveTree implements Expert {
  /** As {@link #kind()} says it. */
  public static final String KIND = "adaptive-tree";

  /** Confidences of the forest's published defaults. */
  private static final double WARNING_DELTA = 0.01;

  private static final double DRIFT_DELTA = 0.001;

  private static final int MEAN_WEIGHT = 6;

  private final HoeffdingTreeOptions options;
  private final long seed;
  private final PoissonWeight weights;
  private Schema schema;
  private HoeffdingTree tree;
  private HoeffdingTree background;
  private DriftDetector warning;
  private DriftDetector drift;
  private long learned;
  private long grown;
  private int replaced;
  private double[] scratch;

  private boolean dirty = true;
  // Where the saved chunks lie: a tree that moved to other numbers must be written again.
  private boolean treeMoved = true;
  private int savedTreeChunks = -1;

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
    this.schema = schema;
    this.options = options;
    this.seed = seed;
    weights = new PoissonWeight(seed);
    scratch = new double[schema.classCount()];
    this.warning = warning;
    this.drift = drift;
    tree = grow();
  }

  private AdaptiveTree(
      final Schema schema,
      final HoeffdingTreeOptions options,
      final long seed,
      final HoeffdingTree tree,
      final DriftDetector warning,
      final DriftDetector drift) {
    this.schema = schema;
    this.options = options;
    this.seed = seed;
    this.tree = tree;
    this.warning = warning;
    this.drift = drift;
    weights = new PoissonWeight(seed);
    scratch = new double[schema.classCount()];
  }

  private HoeffdingTree grow() {
    return new HoeffdingTree(schema, options.withSeed(CounterRandom.bits(~seed, grown++)));
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public void predict(final double[] x, final double[] probabilities) {
    tree.predict(x, probabilities);
  }

  @Override
  public void learn(final double[] x, final double target, final double weight) {
    tree.predict(x, scratch);
    learn(x, target, weight, scratch);
  }

  @Override
  public void learn(
      final double[] x, final double target, final double weight, final double[] predicted) {
    final int label = (int) target;
    final double error = Probabilities.argMax(predicted) == label ? 0 : 1;
    final int times = weights.of(learned++);
    if (times > 0) {
      tree.learn(x, label, times * weight);
      if (background != null) {
        background.learn(x, label, times * weight);
      }
    }
    adapt(error);
    dirty = true;
  }

  private void adapt(final double error) {
    // A tree that gets better is left alone.
    if (warning.rose(error)) {
      background = grow();
      warning = warning.fresh();
    }
    if (drift.rose(error)) {
      tree = background == null ? grow() : background;
      background = null;
      warning = warning.fresh();
      drift = drift.fresh();
      treeMoved = true;
      replaced++;
    }
  }

  @Override
  public int drainReplacements() {
    final int count = replaced;
    replaced = 0;
    return count;
  }

  /** As swaps count all trees grown but the one that predicts and the one in the background. */
  @Override
  public TreeCounts treeCounts() {
    return new TreeCounts(tree.splits(), 0, grown - (background == null ? 1 : 2));
  }

  @Override
  public void grow(final Schema larger) {
    schema = larger;
    scratch = new double[larger.classCount()];
    tree.grow(larger);
    if (background != null) {
      background.grow(larger);
    }
    dirty = true;
  }

  /** An event is learned as often as {@link PoissonWeight} says, six times on average. */
  @Override
  public long operations() {
    return tree.operations() * (1 + MEAN_WEIGHT) * (background == null ? 1 : 2);
  }

  @Override
  public long sizeBytes() {
    return 160
        + 8L * scratch.length
        + warning.sizeBytes()
        + drift.sizeBytes()
        + tree.sizeBytes()
        + (background == null ? 0 : background.sizeBytes());
  }

  @Override
  public int chunkCount() {
    return 1 + tree.chunkCount() + (background == null ? 0 : background.chunkCount());
  }

  @Override
  public boolean isDirty(final int chunk) {
    if (chunk == 0) {
      return dirty;
    }
    final int ofTree = tree.chunkCount();
    if (chunk <= ofTree) {
      return treeMoved || tree.isDirty(chunk - 1);
    }
    return treeMoved || savedTreeChunks != ofTree || background.isDirty(chunk - 1 - ofTree);
  }

  @Override
  public void markClean() {
    dirty = false;
    treeMoved = false;
    savedTreeChunks = tree.chunkCount();
    tree.markClean();
    if (background != null) {
      background.markClean();
    }
  }

  @Override
  public void writeChunk(final int chunk, final ImageWriter out) {
    final int ofTree = tree.chunkCount();
    if (chunk == 0) {
      writeHeader(out);
    } else if (chunk <= ofTree) {
      tree.writeChunk(chunk - 1, out);
    } else {
      background.writeChunk(chunk - 1 - ofTree, out);
    }
  }

  private void writeHeader(final ImageWriter out) {
    out.begin(ImageKind.EXPERT, KIND)
        .putLong(seed)
        .putLong(learned)
        .putLong(grown)
        .putInt(replaced);
    options.writeOfForest(out);
    Detectors.write(warning, out);
    Detectors.write(drift, out);
    out.putInt(tree.chunkCount()).putInt(background == null ? 0 : background.chunkCount());
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
    final long seed = in.getLong();
    final long learned = in.getCount("events learned");
    final long grown = in.getLongIn(1, Long.MAX_VALUE, "trees grown");
    final int replaced = in.getIntIn(0, Integer.MAX_VALUE, "trees replaced");
    final HoeffdingTreeOptions options = HoeffdingTreeOptions.readOfForest(in);
    final DriftDetector warning = Detectors.read(in);
    final DriftDetector drift = Detectors.read(in);
    final int ofTree = in.getIntIn(1, chunkCount - 1, "chunks of the tree");
    final int rest = chunkCount - 1 - ofTree;
    in.getIntIn(rest, rest, "chunks of the background tree");
    in.end();
    final HoeffdingTree tree = HoeffdingTree.read(schema, ofTree, b -> chunks.apply(1 + b));
    final AdaptiveTree expert = new AdaptiveTree(schema, options, seed, tree, warning, drift);
    expert.learned = learned;
    expert.grown = grown;
    expert.replaced = replaced;
    if (rest > 0) {
      expert.background = HoeffdingTree.read(schema, rest, b -> chunks.apply(1 + ofTree + b));
    }
    expert.markClean();
    return expert;
  }

  /** Its entry in the registry. */
  public static final class Kind extends ExpertKind {
    private static final HoeffdingTreeOptions DEFAULTS =
        HoeffdingTreeOptions.DEFAULTS
            .withGracePeriod(50)
            .withSplitConfidence(0.01)
            .withMaxBytes(2 << 20);

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
      options.addAll(TreeOptions.of(DEFAULTS));
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

    private static AdaptiveTree open(final Options options, final Schema schema, final long seed) {
      final HoeffdingTreeOptions tree = TreeOptions.of(options, seed);
      final int features = (int) Math.ceil(options.real("share", 0, 1) * schema.featureCount());
      return new AdaptiveTree(
          schema,
          switch (options.choice("subspace", Features.class)) {
            case ALL -> tree;
            case LEAF -> tree.withLeafSubspace(features);
            case TREE -> tree.withTreeSubspace(features);
          },
          seed,
          Detectors.open(options.text("warning")),
          Detectors.open(options.text("detector")));
    }

    @Override
    public String label(final Options chosen) {
      return "tree";
    }
  }
}
