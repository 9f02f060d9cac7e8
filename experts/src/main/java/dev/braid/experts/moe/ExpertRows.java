package dev.braid.experts.moe;

/** The rows of a batch that one expert computes, labelled ones first, and what it says of them. */
public interface ExpertRows {

  int rows();

  /** Labelled rows among them; they are the first. */
  int labelled();

  /** Index in the batch of the i-th of them. */
  int row(int i);

  /** Index of the i-th in the {@link Routing}, which has its weight. */
  int pair(int i);

  /**
   * The expert's outputs, shape [rows][outputs]; {@link Combine#backward} leaves the gradient of
   * the labelled ones in their place.
   */
  float[] out();
}
