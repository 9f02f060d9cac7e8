package dev.braid.experts.tree;

import dev.braid.data.Schema;
import dev.braid.experts.ExpertKind;
import dev.braid.experts.TreeCounts;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.MalformedImageException;
import java.util.function.IntFunction;

/**
 * The Hoeffding adaptive tree: A. Bifet, R. Gavalda: Adaptive Learning from Evolving Data Streams,
 * IDA 2009. Each node watches the error of its subtree with ADWIN. Where it rises, an alternate
 * begins to learn beside the subtree, and takes its place.
 *
 * <p>The rules are those of MOA 2024.07's {@code HoeffdingAdaptiveTree}, which differ from the
 * paper's in two points: the alternate takes its place as soon as it splits for the first time (or
 * earlier, as a leaf, if over 300 events its error is lower beyond chance), and leaves weigh each
 * event with a draw of Poisson(1), but at least once. Where an instance has no value for a split,
 * or one without a branch yet, this tree predicts by the split and adds the branch; MOA predicts
 * the first class and never adds it. Otherwise {@link HoeffdingTree} tells the departures.
 */
public final class HoeffdingAdaptiveTree extends TreeExpert {
  /** What {@link #kind()} returns. */
  public static final String KIND = "hoeffding-adaptive-tree";

  /** Events over which errors must have been taken before two of them are compared. */
  private static final int ENOUGH_EVENTS = 300;

  /** Chance of taking two equal errors for different ones. */
  private static final double COMPARISON_CONFIDENCE = 0.05;

  final AdaptiveNodes adaptive;
  private final JavaRandom random = new JavaRandom(0);

  /**
   * An empty tree. Poor features are never removed.
   *
   * @throws IllegalArgumentException if the byte cap is too small for the schema
   */
  public HoeffdingAdaptiveTree(final Schema schema, final HoeffdingTreeOptions options) {
    this(new TreeCore(schema, options.withRemovePoorFeatures(false)), new AdaptiveNodes());
  }

  private HoeffdingAdaptiveTree(final TreeCore tree, final AdaptiveNodes adaptive) {
    super(tree, adaptive);
    this.adaptive = adaptive;
    tree.extensionBytesPerNode = AdaptiveNodes.BYTES_PER_NODE;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public void learn(final double[] x, final double target, final double weight) {
    final int label = (int) target;
    if (tree.root == NodeTable.NONE) {
      tree.addRoot();
      adaptive.ensure(tree.nodes.count());
    }
    tree.begin(x);
    learnOnPath(x, label, weight);
    tree.forget();
    chunks.touchHeader();
    tree.extensionBytes = adaptive.sizeBytes();
    TreeMemory.makeRoom(tree, 0, Double.POSITIVE_INFINITY);
  }

  /** Goes from the root to the leaf and lets each split on the way watch its error. */
  private void learnOnPath(final double[] x, final int label, final double weight) {
    final NodeTable nodes = tree.nodes;
    final int end = tree.sort(tree.root, x);
    final int predicted = tree.openBranch() == NodeTable.NONE ? tree.classAt(end, x) : 0;
    int parent = NodeTable.NONE;
    int branch = NodeTable.NONE;
    int node = tree.root;
    while (nodes.isSplit(node)) {
      if (adapt(node, predicted != label)) {
        final int alternate = adaptive.alternate(node);
        putInPlace(alternate, node, parent, branch);
        learnInLeaf(alternate, x, label, weight);
        return;
      }
      final int alternate = adaptive.alternate(node);
      if (alternate != NodeTable.NONE && learnInLeaf(alternate, x, label, weight)) {
        putInPlace(alternate, node, parent, branch);
        return;
      }
      parent = node;
      branch = tree.branch(node, x);
      if (branch == NodeTable.NONE) {
        return;
      }
      node = child(node, branch);
      if (node == NodeTable.NONE) {
        return;
      }
    }
    learnInLeaf(node, x, label, weight);
  }

  private int child(final int node, final int branch) {
    int child =
        branch < tree.nodes.branches(node) ? tree.nodes.child(node, branch) : NodeTable.NONE;
    if (child == NodeTable.NONE) {
      child = tree.addLeaf(node, branch);
    }
    adaptive.ensure(tree.nodes.count());
    return child;
  }

  /**
   * Takes one more outcome of a split's subtree: begins an alternate where the error rises, and
   * drops one that is worse than the subtree.
   *
   * @return whether the alternate is better and shall take the node's place
   */
  private boolean adapt(final int node, final boolean wrong) {
    final int alternate = adaptive.alternate(node);
    if (adaptive.addOutcome(node, wrong)) {
      discard(alternate);
      adaptive.setAlternate(node, NodeTable.NONE);
      if (tree.makeRoomForNodes(0, 1, tree.nodes.promise(node))) {
        adaptive.setAlternate(node, newLeaf());
        adaptive.begun++;
      }
      return false;
    }
    if (alternate == NodeTable.NONE
        || adaptive.errorWidth(node) <= ENOUGH_EVENTS
        || adaptive.errorWidth(alternate) <= ENOUGH_EVENTS) {
      return false;
    }
    final double error = adaptive.error(node);
    final double difference = error - adaptive.error(alternate);
    final double bound = errorBound(node, alternate, error);
    if (bound < -difference) {
      adaptive.setAlternate(node, NodeTable.NONE);
      discard(alternate);
      adaptive.dropped++;
    }
    return bound < difference;
  }

  /** How far two equal errors may lie apart by chance. */
  private double errorBound(final int node, final int alternate, final double error) {
    final double inverseWidths =
        1.0 / adaptive.errorWidth(alternate) + 1.0 / adaptive.errorWidth(node);
    return Math.sqrt(
        2.0 * error * (1.0 - error) * Math.log(2.0 / COMPARISON_CONFIDENCE) * inverseWidths);
  }

  private int newLeaf() {
    final int leaf = tree.nodes.allocate();
    tree.activeLeaves++;
    adaptive.ensure(tree.nodes.count());
    return leaf;
  }

  private void putInPlace(final int alternate, final int node, final int parent, final int branch) {
    adaptive.setAlternate(node, NodeTable.NONE);
    if (parent == NodeTable.NONE) {
      tree.root = alternate;
    } else {
      tree.nodes.setChild(parent, branch, alternate);
    }
    discard(node);
    adaptive.swapped++;
  }

  /** Frees a node, its alternate and all below it. */
  private void discard(final int node) {
    if (node == NodeTable.NONE) {
      return;
    }
    if (tree.nodes.isSplit(node)) {
      for (int branch = 0; branch < tree.nodes.branches(node); branch++) {
        discard(tree.nodes.child(node, branch));
      }
    }
    discard(adaptive.alternate(node));
    adaptive.reset(node);
    tree.release(node);
  }

  /**
   * Learns in a leaf, with the weight drawn for it.
   *
   * @return whether the leaf split or starts anew
   */
  private boolean learnInLeaf(
      final int leaf, final double[] x, final int label, final double weight) {
    final int drawn = adaptive.drawWeight(leaf, random);
    adaptive.addOutcome(leaf, tree.classAt(leaf, x) != label);
    tree.learnAt(leaf, x, label, drawn > 0 ? weight * drawn : weight);
    if (tree.growthAllowed && tree.isDue(leaf) && tree.attemptSplit(leaf)) {
      adaptive.ensure(tree.nodes.count());
      adaptive.reset(leaf);
      return true;
    }
    return false;
  }

  /** Alternates dropped since they were worse than the subtree they stood beside. */
  public long prunes() {
    return adaptive.dropped;
  }

  /** Alternates that took the place of a subtree. */
  public long swaps() {
    return adaptive.swapped;
  }

  @Override
  public TreeCounts treeCounts() {
    return new TreeCounts(splits(), prunes(), swaps());
  }

  /**
   * Reads what {@link #writeChunk} wrote.
   *
   * @param schema the schema the tree had when it was written
   * @param chunkCount number of chunks
   * @param chunks a reader for each chunk
   * @throws MalformedImageException if the chunks are damaged or belong to another schema
   */
  public static HoeffdingAdaptiveTree read(
      final Schema schema, final int chunkCount, final IntFunction<ImageReader> chunks) {
    final ImageReader header = chunks.apply(0);
    final HoeffdingAdaptiveTree tree =
        new HoeffdingAdaptiveTree(TreeChunks.open(schema, header), new AdaptiveNodes());
    tree.chunks.read(header, chunkCount, chunks);
    tree.tree.extensionBytes = tree.adaptive.sizeBytes();
    return tree;
  }

  /** Its entry in the registry. */
  public static final class Kind extends ExpertKind {
    /** For the registry. */
    public Kind() {
      super(
          KIND,
          "The Hoeffding adaptive tree, whose subtrees are replaced where ADWIN sees their error rise.",
          TreeOptions.of(HoeffdingTreeOptions.DEFAULTS),
          (options, schema, seed) ->
              new HoeffdingAdaptiveTree(schema, TreeOptions.of(options, seed)),
          HoeffdingAdaptiveTree::read);
    }
  }
}
