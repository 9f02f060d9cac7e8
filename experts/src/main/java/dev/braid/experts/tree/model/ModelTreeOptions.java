package dev.braid.experts.tree.model;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;

/**
 * How a model tree grows.
 *
 * @param gracePeriod weight that a leaf takes in between two attempts to split
 * @param splitConfidence chance of a wrong split, above 0 up to 1
 * @param tieThreshold Hoeffding bound below which a tie is broken, 0 to 1
 * @param maxBytes that the tree may take; then it splits no more
 * @param watched whether a drift test at every split starts subtrees that may replace it
 * @param subspace which features a leaf looks at
 * @param share of the features in a subspace, 0 to 1
 * @param better part of its mean's squared error that a leaf's model must not exceed to be heard
 */
record ModelTreeOptions(
    int gracePeriod,
    double splitConfidence,
    double tieThreshold,
    long maxBytes,
    boolean watched,
    Subspace subspace,
    double share,
    double better) {

  /** Which features a leaf looks at. */
  enum Subspace {
    ALL(0),
    LEAF(1),
    TREE(2);

    /** How it is written; its place among the values. */
    private final int code;

    Subspace(final int code) {
      this.code = code;
    }
  }

  void write(final ImageWriter out) {
    out.putInt(gracePeriod).putDouble(splitConfidence).putDouble(tieThreshold).putLong(maxBytes);
    out.putBoolean(watched).putInt(subspace.code).putDouble(share);
    out.putDouble(better);
  }

  static ModelTreeOptions read(final ImageReader in) {
    return new ModelTreeOptions(
        in.getIntIn(0, Integer.MAX_VALUE, "grace period"),
        in.getDoubleIn(Double.MIN_VALUE, 1, "split confidence"),
        in.getDoubleIn(0, 1, "tie threshold"),
        in.getLongIn(0, Long.MAX_VALUE, "bytes of a tree"),
        in.getBoolean(),
        Subspace.values()[in.getIntIn(0, Subspace.values().length - 1, "subspace")],
        in.getDoubleIn(0, 1, "share of features"),
        in.getDoubleIn(0, 1, "error of a model"));
  }
}
