package dev.braid.experts.tree.model;

import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.data.TargetScale;
import dev.braid.drift.Detectors;
import dev.braid.experts.CounterRandom;
import dev.braid.experts.Expert;
import dev.braid.experts.ExpertKind;
import dev.braid.experts.TreeCounts;
import dev.braid.experts.moe.expert.FeatureEncoder;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A regression tree that grows with the stream and has linear models in its leaves: FIMT-DD
 * (Ikonomovska, Gama and Džeroski, "Learning model trees from evolving data streams", Data Mining
 * and Knowledge Discovery 2011). A leaf splits when, by the Hoeffding bound, the reduction of the
 * target's standard deviation by its best split is above that by any other feature; a Page-Hinkley
 * test at every split lets a second subtree grow where errors rise, which replaces the first once
 * it errs less.
 *
 * <p>Other than there: leaves keep histograms in place of search trees, so that memory is bounded;
 * they split by sets of nominal values; a model learns by steps that are normalised by the length
 * of its input, and says nothing beyond four deviations from the leaf's mean, so that nothing
 * explodes; a leaf predicts its mean or its model, whichever erred less lately (there the option of
 * Ikonomovska's later ORTO), or its mean unless the model erred less by far.
 *
 * <p>Chunk 0: options, seed, the target's range, encoder, centre, births, splits, swaps and number
 * of nodes; the others are pages of nodes.
 */
public final class ModelTree implements Expert {
  /** As {@link #kind()} says it. */
  public static final String KIND = "model-tree";

  private static final String WATCH = "page-hinkley(delta=0.005,threshold=50)";

  /** Step of a model, and of one that has seen little. */
  private static final double RATE = 0.02;

  private static final double FIRST_RATE = 0.5;

  /** What an error of lately still weighs when another one came. */
  private static final double KEPT = 0.995;

  /** Deviations of the leaf's targets beyond which a model says no more. */
  private static final double FARTHEST = 4;

  /** Events between two looks at an alternate subtree, and those after which it is given up. */
  private static final int TRIAL = 150;

  private static final int LONGEST_TRIAL = 10 * TRIAL;

  /** Weight that a leaf without any range of its features needs to lay its bins. */
  private static final double FIRST_FIT = 30;

  /** Three deviations are one of the tests' units. */
  private static final double UNIT = 3;

  /** Operations of an event that go into watching for drift, trials and splits. */
  private static final long LEARNING = 5_000;

  private final ModelTreeOptions options;
  private final long seed;
  private final TargetScale scale;
  private final FeatureEncoder encoder;
  private final SplitFinder finder = new SplitFinder();
  private boolean[] nominal;
  private float[] row;
  private double centre;
  private long births;
  private long splits;
  private long swaps;
  private Nodes nodes;
  private long bytes;
  private boolean dirty = true;

  ModelTree(final Schema schema, final ModelTreeOptions options, final long seed) {
    this(schema, options, seed, new TargetScale(), new FeatureEncoder(schema), new Nodes());
    nodes.add(leaf(null));
    bytes = nodes.sizeBytes();
  }

  private ModelTree(
      final Schema schema,
      final ModelTreeOptions options,
      final long seed,
      final TargetScale scale,
      final FeatureEncoder encoder,
      final Nodes nodes) {
    this.options = options;
    this.seed = seed;
    this.scale = scale;
    this.encoder = encoder;
    this.nodes = nodes;
    shape(schema);
  }

  private void shape(final Schema schema) {
    nominal = new boolean[schema.featureCount()];
    for (int f = 0; f < nominal.length; f++) {
      nominal[f] = schema.features().get(f).isNominal();
    }
    row = new float[encoder.inputs()];
  }

  /** A leaf that goes on with what another knows of the model and the ranges. */
  private Node leaf(final Node parent) {
    final Node leaf = new Node();
    leaf.birth = births++;
    leaf.bins = new double[nominal.length * Histograms.ROW];
    if (parent == null) {
      leaf.model = new double[1 + encoder.inputs()];
      leaf.range = new double[nominal.length * Histograms.RANGE];
      for (int f = 0; f < nominal.length; f++) {
        Histograms.clearRange(leaf.range, f);
      }
      return leaf;
    }
    leaf.model = parent.model.clone();
    leaf.range = parent.range.clone();
    for (int f = 0; f < nominal.length; f++) {
      leaf.range[f * Histograms.RANGE + 2] = Double.POSITIVE_INFINITY;
      leaf.range[f * Histograms.RANGE + 3] = Double.NEGATIVE_INFINITY;
    }
    leaf.meanError = parent.meanError;
    leaf.modelError = parent.modelError;
    return leaf;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public void predict(final double[] x, final double[] prediction) {
    if (scale.count() == 0) {
      prediction[0] = 0;
      return;
    }
    encode(x);
    prediction[0] = scale.limit(centre + answer(nodes.get(sort(0, x))));
  }

  private void encode(final double[] x) {
    if (models()) {
      encoder.encode(x, row);
    }
  }

  /** Number of the leaf under a node that an event belongs to. */
  private int sort(final int from, final double[] x) {
    int at = from;
    for (Node node = nodes.get(at); !node.isLeaf(); node = nodes.get(at)) {
      at = child(node, x);
    }
    return at;
  }

  private int child(final Node split, final double[] x) {
    final double value = x[split.feature];
    final boolean left;
    if (Double.isNaN(value) || (nominal[split.feature] && value < 0)) {
      left = split.missingLeft;
    } else if (nominal[split.feature]) {
      left = (split.values >>> Histograms.nominalBin(value) & 1) != 0;
    } else {
      left = value < split.threshold;
    }
    return left ? split.left : split.right;
  }

  /** What a leaf says, relative to the centre; {@link #row} has the event's inputs. */
  private double answer(final Node leaf) {
    if (leaf.weight == 0) {
      return modelAnswer(leaf);
    }
    final boolean heard = models() && leaf.modelError <= options.better() * leaf.meanError;
    return heard ? limited(leaf, modelAnswer(leaf)) : mean(leaf);
  }

  /** Whether leaves have models that learn. */
  private boolean models() {
    return options.better() > 0;
  }

  private static double mean(final Node leaf) {
    return leaf.weight > 0 ? leaf.sum / leaf.weight : leaf.model[0];
  }

  private double modelAnswer(final Node leaf) {
    double sum = leaf.model[0];
    for (int i = 0; i < row.length; i++) {
      sum += leaf.model[1 + i] * row[i];
    }
    return sum;
  }

  private static double limited(final Node leaf, final double answer) {
    final double mean = leaf.sum / leaf.weight;
    final double reach = FARTHEST * Histograms.deviation(leaf.weight, leaf.sum, leaf.squares);
    return Math.max(mean - reach, Math.min(mean + reach, answer));
  }

  @Override
  public void learn(final double[] x, final double target, final double weight) {
    if (scale.learn(target)) {
      restart();
    }
    if (scale.count() == 1) {
      centre = scale.clip(target);
    }
    if (models()) {
      encoder.learn(x);
    }
    encode(x);
    learn(0, x, scale.clip(target) - centre, weight);
    dirty = true;
  }

  private void restart() {
    nodes = new Nodes();
    nodes.add(leaf(null));
    bytes = nodes.sizeBytes();
    centre = scale.mean();
  }

  /** Lets the subtree under a node learn; its squared error, from before it learned. */
  private double learn(final int from, final double[] x, final double target, final double weight) {
    final int leafAt = sort(from, x);
    final double error = target - answer(nodes.get(leafAt));
    if (options.watched()) {
      watch(from, x, target, weight, error);
    }
    // Where a subtree was replaced the event has been learned.
    final Node leaf = nodes.get(leafAt);
    if (leaf != null && leaf.isLeaf()) {
      learn(leaf, x, target, weight);
      if (leaf.weight - leaf.attempted >= options.gracePeriod()) {
        attempt(leafAt);
      }
    }
    return error * error;
  }

  /** Tests the splits on the way of an event, and lets alternate subtrees learn it. */
  private void watch(
      final int from,
      final double[] x,
      final double target,
      final double weight,
      final double error) {
    final double unit = UNIT * scale.deviation();
    for (int at = from; !nodes.get(at).isLeaf(); at = child(nodes.get(at), x)) {
      final Node split = nodes.get(at);
      split.dirty = true;
      if (split.alternate != Node.NONE) {
        compare(at, split, x, target, weight, error);
        // What is below is on trial as a whole.
        return;
      }
      if (unit > 0 && split.watch != null && split.watch.rose(Math.abs(error) / unit)) {
        split.watch = Detectors.open(WATCH);
        split.alternate = nodes.add(leaf(null));
        split.tried = 0;
        split.ownLoss = 0;
        split.alternateLoss = 0;
        bytes = nodes.sizeBytes();
      }
    }
  }

  private void compare(
      final int at,
      final Node split,
      final double[] x,
      final double target,
      final double weight,
      final double error) {
    final double other = learn(split.alternate, x, target, weight);
    split.ownLoss = KEPT * split.ownLoss + error * error;
    split.alternateLoss = KEPT * split.alternateLoss + other;
    split.tried++;
    if (split.tried % TRIAL != 0) {
      return;
    }
    if (split.alternateLoss < split.ownLoss) {
      final int winner = split.alternate;
      free(split.left);
      free(split.right);
      nodes.set(at, nodes.get(winner));
      nodes.free(winner);
      swaps++;
    } else if (split.tried >= LONGEST_TRIAL) {
      free(split.alternate);
      split.alternate = Node.NONE;
    }
    bytes = nodes.sizeBytes();
  }

  private void free(final int at) {
    final Node node = nodes.get(at);
    if (!node.isLeaf()) {
      free(node.left);
      free(node.right);
      if (node.alternate != Node.NONE) {
        free(node.alternate);
      }
    }
    nodes.free(at);
  }

  private void learn(final Node leaf, final double[] x, final double target, final double weight) {
    final double answer = models() ? modelAnswer(leaf) : 0;
    if (models() && leaf.weight > 0) {
      // An outlier tells nothing of which of the two is better, and would be all that counts.
      final double most = FARTHEST * scale.deviation();
      final double ofMean = Math.min(most, Math.abs(target - mean(leaf)));
      final double ofModel = Math.min(most, Math.abs(target - limited(leaf, answer)));
      leaf.meanError = KEPT * leaf.meanError + (1 - KEPT) * ofMean * ofMean;
      leaf.modelError = KEPT * leaf.modelError + (1 - KEPT) * ofModel * ofModel;
    }
    leaf.weight += weight;
    leaf.sum += weight * target;
    leaf.squares += weight * target * target;
    if (models()) {
      step(leaf, target - answer, weight);
    }
    for (int f = 0; f < nominal.length; f++) {
      final double value = x[f];
      if (Double.isNaN(value) || !sees(leaf, f)) {
        continue;
      }
      if (!nominal[f]) {
        Histograms.addNumber(leaf.bins, leaf.range, f, value, target, weight);
      } else if (value >= 0) {
        Histograms.add(leaf.bins, f, Histograms.nominalBin(value), target, weight);
      }
    }
    layBins(leaf, weight);
    leaf.dirty = true;
  }

  /**
   * A leaf whose parent knew nothing of its features lays its bins when it has seen some events.
   */
  private void layBins(final Node leaf, final double weight) {
    if (leaf.weight >= FIRST_FIT && leaf.weight - weight < FIRST_FIT) {
      for (int f = 0; f < nominal.length; f++) {
        if (!nominal[f] && leaf.range[f * Histograms.RANGE + 1] == 0) {
          Histograms.fit(leaf.bins, leaf.range, f);
        }
      }
    }
  }

  /** A step of the model along its input, normalised by its length. */
  private void step(final Node leaf, final double error, final double weight) {
    double length = 1;
    for (final float value : row) {
      length += value * value;
    }
    final double early = FIRST_RATE / (1 + leaf.weight / (1 + row.length));
    final double one = Math.max(RATE, early);
    final double rate = Math.min(1, one * weight) * error / length;
    leaf.model[0] += rate;
    for (int i = 0; i < row.length; i++) {
      leaf.model[1 + i] += rate * row[i];
    }
  }

  private boolean sees(final Node leaf, final int feature) {
    return switch (options.subspace()) {
      case ALL -> true;
      case LEAF -> isDrawn(leaf.birth + 1, feature);
      case TREE -> isDrawn(0, feature);
    };
  }

  private boolean isDrawn(final long draw, final int feature) {
    return CounterRandom.unit(seed + draw * 0x632be59bd9b4e019L, feature) < options.share();
  }

  private void attempt(final int at) {
    final Node leaf = nodes.get(at);
    leaf.attempted = leaf.weight;
    finder.begin();
    for (int f = 0; f < nominal.length; f++) {
      if (sees(leaf, f)) {
        finder.look(leaf.bins, f, nominal[f]);
      }
    }
    final double bound = Math.sqrt(-StrictMath.log(options.splitConfidence()) / (2 * leaf.weight));
    final boolean clear = finder.secondMerit < finder.merit * (1 - bound);
    if (finder.merit > 0
        && (clear || bound < options.tieThreshold())
        && bytes + 2 * leaf.sizeBytes() <= options.maxBytes()) {
      split(leaf);
      return;
    }
    for (int f = 0; f < nominal.length; f++) {
      if (!nominal[f]) {
        Histograms.fit(leaf.bins, leaf.range, f);
      }
    }
  }

  private void split(final Node leaf) {
    final int feature = finder.feature;
    final Node left = leaf(leaf);
    final Node right = leaf(leaf);
    give(left, finder.sums[0], finder.sums[1], finder.sums[2]);
    give(
        right,
        finder.sums[3] - finder.sums[0],
        finder.sums[4] - finder.sums[1],
        finder.sums[5] - finder.sums[2]);
    leaf.feature = feature;
    if (nominal[feature]) {
      leaf.values = finder.left;
    } else {
      leaf.threshold = Histograms.end(leaf.range, feature, finder.last);
      Histograms.cut(left.range, feature, leaf.threshold, true);
      Histograms.cut(right.range, feature, leaf.threshold, false);
    }
    leaf.missingLeft = left.weight >= right.weight;
    leaf.left = nodes.add(left);
    leaf.right = nodes.add(right);
    leaf.model = new double[0];
    leaf.bins = leaf.model;
    leaf.range = leaf.model;
    leaf.watch = options.watched() ? Detectors.open(WATCH) : null;
    splits++;
    bytes = nodes.sizeBytes();
  }

  private static void give(
      final Node leaf, final double weight, final double sum, final double squares) {
    leaf.weight = weight;
    leaf.sum = sum;
    leaf.squares = Math.max(0, squares);
    leaf.attempted = weight;
  }

  @Override
  public TreeCounts treeCounts() {
    return new TreeCounts(splits, 0, swaps);
  }

  @Override
  public void grow(final Schema schema) {
    final int known = nominal.length;
    encoder.grow(schema);
    shape(schema);
    for (int i = 0; i < nodes.size(); i++) {
      final Node node = nodes.get(i);
      if (node != null && node.isLeaf()) {
        node.model = Arrays.copyOf(node.model, 1 + encoder.inputs());
        node.bins = Arrays.copyOf(node.bins, nominal.length * Histograms.ROW);
        node.range = Arrays.copyOf(node.range, nominal.length * Histograms.RANGE);
        for (int f = known; f < nominal.length; f++) {
          Histograms.clearRange(node.range, f);
        }
        node.dirty = true;
      }
    }
    bytes = nodes.sizeBytes();
    dirty = true;
  }

  /** Of a path as long as in a balanced tree, of a leaf's statistics and model, and of the rest. */
  @Override
  public long operations() {
    final int depth = Integer.SIZE - Integer.numberOfLeadingZeros(nodes.size());
    return LEARNING + 20L * depth + 20L * nominal.length + 20L * row.length;
  }

  @Override
  public long sizeBytes() {
    return 256 + scale.sizeBytes() + encoder.sizeBytes() + 5L * row.length + bytes;
  }

  @Override
  public int chunkCount() {
    return 1 + nodes.pages();
  }

  @Override
  public boolean isDirty(final int chunk) {
    return chunk == 0 ? dirty : nodes.isDirty(chunk - 1);
  }

  @Override
  public void markClean() {
    dirty = false;
    nodes.markClean();
  }

  @Override
  public void writeChunk(final int chunk, final ImageWriter out) {
    if (chunk > 0) {
      nodes.writePage(chunk - 1, out);
      return;
    }
    out.begin(ImageKind.EXPERT, KIND);
    options.write(out);
    out.putLong(seed);
    scale.write(out);
    encoder.write(out);
    out.putDouble(centre).putLong(births).putLong(splits).putLong(swaps).putInt(nodes.size());
  }

  /**
   * Reads an expert back.
   *
   * @param schema as it was when the chunks were written
   * @throws dev.braid.state.image.MalformedImageException if the chunks are not those of such an
   *     expert
   */
  public static ModelTree read(
      final Schema schema, final int chunkCount, final IntFunction<ImageReader> chunks) {
    final ImageReader in = chunks.apply(0);
    in.begin(ImageKind.EXPERT, KIND);
    final ModelTreeOptions options = ModelTreeOptions.read(in);
    final long seed = in.getLong();
    final TargetScale scale = new TargetScale();
    scale.read(in);
    final FeatureEncoder encoder = FeatureEncoder.read(schema, in);
    final double centre = in.getFinite("centre of a tree");
    final long births = in.getCount("nodes made");
    final long splits = in.getCount("splits");
    final long swaps = in.getCount("subtrees replaced");
    final int size = in.getIntIn(1, Integer.MAX_VALUE, "nodes of a tree");
    in.end();
    final Nodes nodes = Nodes.read(size, schema.featureCount(), encoder.inputs(), 1, chunks);
    final ModelTree tree = new ModelTree(schema, options, seed, scale, encoder, nodes);
    tree.centre = centre;
    tree.births = births;
    tree.splits = splits;
    tree.swaps = swaps;
    tree.bytes = nodes.sizeBytes();
    tree.markClean();
    return tree;
  }

  /** The options of a model tree as text. */
  static List<Option> choices(final int gracePeriod, final String confidence, final String better) {
    return List.of(
        new Option(
            "grace-period",
            Integer.toString(gracePeriod),
            "Weight that a leaf takes in between two attempts to split, 0 or more."),
        new Option("split-confidence", confidence, "Chance of a wrong split, above 0 up to 1."),
        new Option("tie-threshold", "0.05", "Hoeffding bound below which a tie is broken, 0 to 1."),
        new Option(
            "max-bytes",
            Integer.toString(2 << 20),
            "Bytes that the tree may take, 1024 to 2^40; then it splits no more."),
        new Option(
            "subspace",
            "all",
            "Which features are seen: all, or a random share of them by each leaf (leaf), or by the"
                + " tree (tree)."),
        new Option("share", "0.6", "Share of the features in a subspace, 0 to 1."),
        new Option(
            "better",
            better,
            "Part of the mean's squared error that a leaf's model must not exceed to be heard, 0 to"
                + " 1; the mean is, else."));
  }

  /** What the text of {@link #choices} says. */
  static ModelTreeOptions of(final Options options, final boolean watched) {
    return new ModelTreeOptions(
        options.integer("grace-period", 0, Integer.MAX_VALUE),
        options.real("split-confidence", Double.MIN_VALUE, 1),
        options.real("tie-threshold", 0, 1),
        options.wholeNumber("max-bytes", 1 << 10, 1L << 40),
        watched,
        options.choice("subspace", ModelTreeOptions.Subspace.class),
        options.real("share", 0, 1),
        options.real("better", 0, 1));
  }

  /** Its entry in the registry. */
  public static final class Kind extends ExpertKind {
    /** For the registry. */
    public Kind() {
      super(
          KIND,
          "A model tree (FIMT-DD), whose leaves hold linear models and whose subtrees are replaced"
              + " where a drift test sees their errors rise.",
          ofTree(),
          (options, schema, seed) ->
              new ModelTree(schema, of(options, options.flag("drift")), seed),
          ModelTree::read);
    }

    private static List<Option> ofTree() {
      final List<Option> options = new ArrayList<>(choices(200, "1e-7", "1"));
      options.add(
          new Option("drift", "true", "Whether a drift test watches the errors of each subtree."));
      return options;
    }

    @Override
    public boolean predicts(final Target target) {
      return target instanceof Target.Quantity;
    }
  }
}
