package dev.braid.experts.tree;

/** How a leaf turns what it has seen into a prediction. */
public enum LeafPrediction {
  /** By the class counts of the leaf. */
  MAJORITY_CLASS,
  /** By naive Bayes over the leaf's statistics. */
  NAIVE_BAYES,
  /** By whichever of the two was right more often in this leaf. */
  NAIVE_BAYES_ADAPTIVE
}
