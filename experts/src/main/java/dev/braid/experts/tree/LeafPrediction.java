package dev.braid.experts.tree;

/** How a leaf turns what it has seen into a prediction. */
public enum LeafPrediction {
  /** By the class counts of the leaf. */
  MAJORITY_CLASS(0),
  /** By naive Bayes over the leaf's statistics. */
  NAIVE_BAYES(1),
  /** By whichever of the two was right more often in this leaf. */
  NAIVE_BAYES_ADAPTIVE(2);

  /** What stands for it in an image. */
  final int code;

  LeafPrediction(final int code) {
    this.code = code;
  }

  static LeafPrediction of(final int code) {
    for (final LeafPrediction each : values()) {
      if (each.code == code) {
        return each;
      }
    }
    throw new IllegalArgumentException("no leaf prediction has the code " + code);
  }
}
