package dev.braid.experts.tree;

/** What makes one split better than another. */
public enum SplitCriterion {
  /** Reduction of class entropy, in bits; a split needs 1 % of the weight in two branches. */
  INFORMATION_GAIN,
  /** One minus the Gini impurity left in the branches. */
  GINI
}
