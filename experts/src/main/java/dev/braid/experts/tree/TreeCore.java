package dev.braid.experts.tree;

import dev.braid.data.Schema;
import java.util.Arrays;

/**
 * What all Hoeffding trees share: nodes, the statistics of the leaves, and the steps of VFDT on
 * them. Sort an instance to its leaf, predict there, learn there, attempt to split the leaf.
 */
final class TreeCore {
  private static final long FIXED_BYTES = 256;

  final HoeffdingTreeOptions options;
  final JavaRandom random;
  LeafLayout layout;
  NodeTable nodes;
  LeafStatistics store;
  private LeafView leaf;
  private Inputs inputs;
  private LeafNaiveBayes bayes;

  /** Made when it is needed: a tree that is read back for an event or two attempts no split. */
  private SplitAttempt attempt;

  int root = NodeTable.NONE;
  int activeLeaves;
  int inactiveLeaves;
  boolean growthAllowed = true;
  long splits;

  /** Bytes that an extension of the tree holds, and may come to hold per node, under the cap. */
  long extensionBytes;

  long extensionBytesPerNode;

  /** Null until the cap has bound. */
  private OwnerPromises promises;

  /** The branch that {@link #sort} could not follow, or -1 where a value was missing. */
  private int openBranch;

  // What was found out about the last instance and still holds.
  private double[] lastX = {};
  private boolean lastIsKnown;
  private int lastFrom;
  private int lastLeaf;
  private int lastBranch;
  private int lastViewer;
  private int lastVoter;
  private int lastVote;

  TreeCore(final Schema schema, final HoeffdingTreeOptions options) {
    this.options = options;
    random = new JavaRandom(options.seed());
    adopt(LeafLayout.of(schema, Subspace.visible(schema, options, random), options));
    nodes = new NodeTable(layout.classCapacity);
    store = new LeafStatistics(layout);
    if (sizeBytes() > options.maxBytes()) {
      throw new IllegalArgumentException(
          "maxBytes is "
              + options.maxBytes()
              + ", but a tree over "
              + schema
              + " takes "
              + sizeBytes()
              + " bytes before it has learned anything; raise the cap");
    }
  }

  /** An empty tree to read an image into. */
  TreeCore(final HoeffdingTreeOptions options, final LeafLayout layout) {
    this.options = options;
    random = new JavaRandom(options.seed());
    adopt(layout);
    nodes = new NodeTable(layout.classCapacity);
    store = new LeafStatistics(layout);
  }

  private void adopt(final LeafLayout next) {
    layout = next;
    leaf = new LeafView(layout);
    inputs = new Inputs(layout);
    bayes = new LeafNaiveBayes(layout);
    attempt = null;
    lastX = new double[layout.nominal.length];
    forget();
  }

  /**
   * Begins to work on an instance; what is known of an equal one still holds if nothing changed.
   */
  void begin(final double[] x) {
    if (lastIsKnown && Arrays.equals(lastX, x)) {
      return;
    }
    if (lastX.length != x.length) {
      lastX = new double[x.length];
    }
    System.arraycopy(x, 0, lastX, 0, x.length);
    lastIsKnown = true;
    lastFrom = NodeTable.NONE;
    lastViewer = NodeTable.NONE;
    lastVoter = NodeTable.NONE;
  }

  /** Ends the work on an instance by a change of the tree. */
  void forget() {
    lastIsKnown = false;
  }

  /**
   * Follows an instance down the splits from a node.
   *
   * @return the leaf; or the split at which the value was missing or its branch has no node yet, as
   *     {@link #openBranch} tells
   */
  int sort(final int from, final double[] x) {
    if (from == lastFrom) {
      openBranch = lastBranch;
      return lastLeaf;
    }
    int node = from;
    openBranch = NodeTable.NONE;
    while (nodes.isSplit(node)) {
      final int branch = branch(node, x);
      if (branch < 0) {
        break;
      }
      final int child = branch < nodes.branches(node) ? nodes.child(node, branch) : NodeTable.NONE;
      if (child < 0) {
        openBranch = branch;
        break;
      }
      node = child;
    }
    lastFrom = from;
    lastLeaf = node;
    lastBranch = openBranch;
    return node;
  }

  /** The branch an instance takes at a split; -1 if the value tested is missing. */
  int branch(final int node, final double[] x) {
    final int feature = nodes.feature(node);
    final double value = x[feature];
    if (!layout.isPresent(feature, value)) {
      return NodeTable.NONE;
    }
    return switch (nodes.kind(node)) {
      case NodeTable.NUMERIC_SPLIT -> value <= nodes.value(node) ? 0 : 1;
      case NodeTable.VALUE_SPLIT -> (int) value == nodes.value(node) ? 0 : 1;
      default -> (int) value;
    };
  }

  int openBranch() {
    return openBranch;
  }

  /** Probabilities by the node at which an instance ended. */
  void predictAt(final int node, final double[] x, final double[] probabilities) {
    if (usesBayes(node)) {
      voteOfBayes(node, x);
      bayes.probabilities(probabilities);
    } else {
      Votes.normalise(
          nodes.numbers(),
          nodes.classesAt(node),
          nodes.classes(node),
          nodes.majority(node),
          probabilities);
    }
  }

  /** The class predicted by the node at which an instance ended; 0 if it knows nothing. */
  int classAt(final int node, final double[] x) {
    return usesBayes(node) ? voteOfBayes(node, x) : Math.max(0, nodes.majority(node));
  }

  private boolean usesBayes(final int node) {
    if (nodes.kind(node) != NodeTable.ACTIVE) {
      return false;
    }
    return switch (options.leafPrediction()) {
      case MAJORITY_CLASS -> false;
      case NAIVE_BAYES -> nodes.weight(node) >= options.naiveBayesThreshold();
      case NAIVE_BAYES_ADAPTIVE -> !nodes.majorityIsBetter(node);
    };
  }

  private int voteOfBayes(final int node, final double[] x) {
    if (lastVoter != node) {
      final int slot = nodes.slot(node);
      if (slot == NodeTable.NONE) {
        lastVote = bayes.vote(nodes, node, null, inputs, x);
      } else {
        view(node, slot, x);
        lastVote = bayes.vote(nodes, node, leaf, inputs, x);
      }
      lastVoter = node;
    }
    return lastVote;
  }

  /** Learns in a leaf; the leaf splits or not in {@link #attemptSplit} later. */
  void learnAt(final int node, final double[] x, final int label, final double weight) {
    if (nodes.kind(node) == NodeTable.ACTIVE
        && options.leafPrediction() == LeafPrediction.NAIVE_BAYES_ADAPTIVE) {
      nodes.countRight(node, nodes.majority(node) == label, voteOfBayes(node, x) == label, weight);
    }
    nodes.addWeight(node, label, weight);
    renewPromise(node);
    if (nodes.kind(node) == NodeTable.ACTIVE && hasStatistics(node)) {
      observe(node, x, label, weight);
    }
  }

  private void observe(final int node, final double[] x, final int label, final double weight) {
    view(node, nodes.slot(node), x);
    final long bytes = store.bytesToObserve(leaf, inputs, label);
    if (bytes > 0) {
      if (!TreeMemory.makeRoom(this, bytes, nodes.promise(node))) {
        deactivate(node);
        return;
      }
      // Room may have been made at the cost of leaves whose slots others took.
      leaf.at(store, nodes.slot(node));
    }
    if (leaf.rows[label] < 0) {
      store.allocateRow(nodes.slot(node), label);
      leaf.at(store, nodes.slot(node));
    }
    store.observe(leaf, inputs, label, weight);
  }

  /** Moves to a leaf's statistics and to the instance as this leaf sees it. */
  private void view(final int node, final int slot, final double[] x) {
    leaf.at(store, slot);
    // Without marks all leaves see an instance alike.
    final int viewer = layout.marks == 0 ? 0 : node;
    if (lastViewer != viewer) {
      inputs.take(leaf, x);
      lastViewer = viewer;
    }
  }

  /** Gives a leaf its statistics with its first instance; false if there is no room for them. */
  private boolean hasStatistics(final int node) {
    if (nodes.slot(node) != NodeTable.NONE) {
      return true;
    }
    if (!TreeMemory.makeRoom(this, store.bytesToAllocate(), nodes.promise(node))) {
      deactivate(node);
      return false;
    }
    final int slot = store.allocate(node);
    nodes.setSlot(node, slot);
    renewPromise(node);
    if (layout.hasLeafSubspaces()) {
      leaf.at(store, slot).setFeatures(Subspace.draw(layout.visible, layout.observed, random));
    }
    return true;
  }

  /** Whether a leaf has taken in its grace period since the last attempt to split it. */
  boolean isDue(final int node) {
    return nodes.kind(node) == NodeTable.ACTIVE
        && nodes.weight(node) - nodes.attempted(node) >= options.gracePeriod();
  }

  /**
   * Splits a leaf if that is better than not to, beyond chance.
   *
   * @return whether the leaf is another node now: a split, or a leaf that starts anew since not to
   *     split was best
   */
  boolean attemptSplit(final int node) {
    if (attempt == null) {
      attempt = new SplitAttempt(this, layout, leaf);
    }
    return attempt.attempt(node);
  }

  /** Makes room for more nodes and places for children. */
  boolean makeRoomForNodes(final int places, final int more, final double promise) {
    final long extension =
        Math.max(0, extensionBytesPerNode * (nodes.inUse() + more) - extensionBytes);
    return TreeMemory.makeRoom(
        this, nodes.bytesToSplit(Math.max(places, more)) + extension, promise);
  }

  /** What the leaves with statistics promise. */
  OwnerPromises promises() {
    if (promises == null) {
      promises = new OwnerPromises(this);
    }
    return promises;
  }

  private void renewPromise(final int node) {
    final int slot = nodes.slot(node);
    if (promises != null && slot != NodeTable.NONE) {
      promises.set(slot, nodes.promise(node));
    }
  }

  void deactivate(final int node) {
    releaseStatistics(node);
    nodes.deactivate(node);
    activeLeaves--;
    inactiveLeaves++;
  }

  void activate(final int node) {
    nodes.activate(node);
    activeLeaves++;
    inactiveLeaves--;
  }

  void releaseStatistics(final int node) {
    final int slot = nodes.slot(node);
    if (slot != NodeTable.NONE) {
      final int moved = store.release(slot);
      if (moved != NodeTable.NONE) {
        nodes.setSlot(moved, slot);
        renewPromise(moved);
      }
      nodes.setSlot(node, NodeTable.NONE);
    }
  }

  /** Frees a node that is no longer part of the tree, not what is below it. */
  void release(final int node) {
    switch (nodes.kind(node)) {
      case NodeTable.ACTIVE -> activeLeaves--;
      case NodeTable.INACTIVE -> inactiveLeaves--;
      default -> {}
    }
    releaseStatistics(node);
    nodes.release(node);
  }

  void addRoot() {
    root = nodes.allocate();
    activeLeaves++;
  }

  /** A new leaf in a branch that has none, or -1 if there is no room for it. */
  int addLeaf(final int parent, final int branch) {
    final int morePlaces = Math.max(0, branch + 1 - nodes.branches(parent));
    final int places = morePlaces == 0 ? 0 : branch + 1 + nodes.branches(parent) / 4;
    if (!makeRoomForNodes(places, 1, 0.0)) {
      return NodeTable.NONE;
    }
    final int child = nodes.allocate();
    nodes.setChild(parent, branch, child);
    activeLeaves++;
    return child;
  }

  /** Takes over a schema that has grown. */
  void grow(final Schema schema) {
    final int[] visible = Subspace.grown(layout.visible, layout.nominal.length, schema, options);
    change(layout.grown(schema, visible, options));
    TreeMemory.makeRoom(this, 0, Double.POSITIVE_INFINITY);
  }

  private void change(final LeafLayout next) {
    final LeafLayout old = layout;
    final LeafView oldLeaf = leaf;
    adopt(next);
    if (layout.classCapacity > old.classCapacity) {
      nodes = nodes.withClassCapacity(layout.classCapacity);
    }
    if (!layout.sameSlots(old)) {
      store = LayoutChange.convert(store, oldLeaf, old, leaf, layout);
      promises = null;
    }
  }

  long sizeBytes() {
    return FIXED_BYTES
        + extensionBytes
        + nodes.sizeBytes()
        + store.sizeBytes()
        + layout.sizeBytes()
        + leaf.sizeBytes()
        + inputs.sizeBytes()
        + bayes.sizeBytes()
        + (attempt == null ? SplitAttempt.sizeBytes(layout) : attempt.sizeBytes())
        + ChunkDirectory.sizeBytes(nodes.nodePages() + nodes.children().pages() + store.pageCount())
        + 16
        + 8L * lastX.length;
  }
}
