package dev.braid.experts.moe;

/** Experts' outputs to the layer's logits. */
public interface Combine extends Plugin {

  /** Whether forward computes otherwise when it learns; then learning is a second pass forward. */
  default boolean differsWhenLearning() {
    return false;
  }

  /**
   * Whether it computes rows by {@link Step#merged}. Then all experts stay in memory, they are of
   * one kind that remembers nothing, none is shared, and what they say alone is there too.
   */
  default boolean mergesParameters() {
    return false;
  }

  /** Whether it takes experts that see every row for others than those that are chosen. */
  default boolean needsShared() {
    return false;
  }

  /**
   * @param learning whether {@link #backward} follows; so it may too where the two do not differ
   * @param logits receives shape [rows][outputs]
   */
  void forward(Step step, boolean learning, float[] logits);

  /**
   * Leaves the gradient of each expert's outputs in {@link ExpertRows#out}, and that of each pair's
   * weight in the {@link Routing}; or leaves both to {@link Step#merged}.
   *
   * @param logitGradient shape [labelled][outputs]
   */
  void backward(Step step, float[] logitGradient);
}
