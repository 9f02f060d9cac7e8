package dev.braid.experts.moe;

/**
 * A row computed by one expert that is made for it: its parameters are the weighted sum of those of
 * the experts that the row was sent to. For combinations with {@link Combine#mergesParameters}.
 */
public interface Merged {

  /**
   * Computes a row.
   *
   * @param first of the row's pairs in the {@link Routing}
   * @param end one behind the last
   * @param logits receives the row's, in its place in shape [rows][outputs]
   */
  void forward(int first, int end, boolean learning, float[] logits);

  /**
   * Leaves the gradient of the pairs' weights in the {@link Routing}, and adds what it is for the
   * parameters of each of the experts.
   *
   * @param logitGradient shape [labelled][outputs]
   */
  void backward(int first, int end, float[] logitGradient);
}
