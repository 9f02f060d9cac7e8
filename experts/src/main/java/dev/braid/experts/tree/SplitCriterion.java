package dev.braid.experts.tree;

/** What makes one split better than another. */
public enum SplitCriterion {
  /** Reduction of class entropy, in bits; a split needs 1 % of the weight in two branches. */
  INFORMATION_GAIN(0),
  /** One minus the Gini impurity left in the branches. */
  GINI(1);

  /** What stands for it in an image. */
  final int code;

  SplitCriterion(final int code) {
    this.code = code;
  }

  static SplitCriterion of(final int code) {
    for (final SplitCriterion each : values()) {
      if (each.code == code) {
        return each;
      }
    }
    throw new IllegalArgumentException("no split criterion has the code " + code);
  }
}
