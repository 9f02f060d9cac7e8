package dev.braid.experts.tree.model;

import dev.braid.drift.Detectors;
import dev.braid.drift.DriftDetector;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;

/**
 * A node of a model tree: a leaf, which has what it learns in flat arrays, or a split, which has
 * two children. Targets are relative to the tree's centre.
 */
final class Node {
  static final int NONE = -1;

  /** The feature that a split tests; {@link #NONE} for a leaf. */
  int feature = NONE;

  /** Numbers below it go left. */
  double threshold;

  /** Nominal bins that go left. */
  long values;

  int left = NONE;
  int right = NONE;

  /** Whether what lacks the feature goes left. */
  boolean missingLeft;

  /** Number of the node in the order of making, which its random features depend on. */
  long birth;

  /** Weight, sum and sum of squares of the targets. */
  double weight;

  double sum;
  double squares;

  /** Weight at the last attempt to split. */
  double attempted;

  /** Squared errors of lately, of the mean and of the model. */
  double meanError;

  double modelError;

  /** One weight per input of the model, and the constant first; empty for a split. */
  double[] model = {};

  /** As {@link Histograms} has them; empty for a split. */
  double[] bins = {};

  double[] range = {};

  /** The drift test of a split that is watched; else null. */
  DriftDetector watch;

  /** Root of the subtree that may replace this one; {@link #NONE} without one. */
  int alternate = NONE;

  /** Events since the alternate subtree began. */
  int tried;

  /** Squared errors of lately since then, of this subtree and of the alternate one. */
  double ownLoss;

  double alternateLoss;

  /** Whether it changed since it was saved. */
  boolean dirty = true;

  boolean isLeaf() {
    return feature == NONE;
  }

  long sizeBytes() {
    return 216
        + 8L * (model.length + bins.length + range.length)
        + (watch == null ? 0 : watch.sizeBytes());
  }

  void write(final ImageWriter out) {
    out.putInt(feature).putDouble(threshold).putLong(values).putInt(left).putInt(right);
    out.putBoolean(missingLeft).putLong(birth).putDouble(weight).putDouble(sum).putDouble(squares);
    out.putDouble(attempted).putDouble(meanError).putDouble(modelError);
    out.putDoubles(model, model.length)
        .putDoubles(bins, bins.length)
        .putDoubles(range, range.length);
    out.putBoolean(watch != null);
    if (watch != null) {
      Detectors.write(watch, out);
    }
    out.putInt(alternate).putInt(tried).putDouble(ownLoss).putDouble(alternateLoss);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param features of the schema
   * @param inputs of the encoder
   */
  static Node read(final ImageReader in, final int features, final int inputs) {
    final Node node = new Node();
    node.feature = in.getIntIn(NONE, features - 1, "feature of a split");
    node.threshold = in.getFinite("threshold of a split");
    node.values = in.getLong();
    node.left = in.getIntIn(NONE, Integer.MAX_VALUE, "a child");
    node.right = in.getIntIn(NONE, Integer.MAX_VALUE, "a child");
    node.missingLeft = in.getBoolean();
    node.birth = in.getCount("number of a node");
    node.weight = in.getDoubleIn(0, Double.MAX_VALUE, "weight of a node");
    node.sum = in.getFinite("sum of a node");
    node.squares = in.getDoubleIn(0, Double.MAX_VALUE, "squares of a node");
    node.attempted = in.getDoubleIn(0, Double.MAX_VALUE, "weight at an attempt");
    node.meanError = in.getDoubleIn(0, Double.MAX_VALUE, "error of a mean");
    node.modelError = in.getDoubleIn(0, Double.MAX_VALUE, "error of a model");
    final int ofModel = node.isLeaf() ? 1 + inputs : 0;
    final int seen = node.isLeaf() ? features : 0;
    node.model = new double[ofModel];
    node.bins = new double[seen * Histograms.ROW];
    node.range = new double[seen * Histograms.RANGE];
    in.getDoubles(node.model, 0, ofModel);
    ImageReader.requireFinite(node.model, "a weight of a leaf");
    in.getDoubles(node.bins, 0, node.bins.length);
    ImageReader.requireFinite(node.bins, "a sum of a leaf");
    in.getDoubles(node.range, 0, node.range.length);
    if (in.getBoolean()) {
      node.watch = Detectors.read(in);
    }
    node.alternate = in.getIntIn(NONE, Integer.MAX_VALUE, "an alternate subtree");
    node.tried = in.getIntIn(0, Integer.MAX_VALUE, "events of an alternate subtree");
    node.ownLoss = in.getDoubleIn(0, Double.MAX_VALUE, "loss of a subtree");
    node.alternateLoss = in.getDoubleIn(0, Double.MAX_VALUE, "loss of a subtree");
    node.dirty = false;
    if (!node.isLeaf() && (node.left == NONE || node.right == NONE)) {
      throw new MalformedImageException("a split lacks a child");
    }
    return node;
  }
}
