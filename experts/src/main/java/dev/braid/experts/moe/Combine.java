package dev.braid.experts.moe;

/** Experts' outputs to the layer's logits. */
public interface Combine extends Plugin {

  /**
   * @param logits receives shape [rows][outputs]
   */
  void forward(Step step, float[] logits);

  /**
   * Leaves the gradient of each expert's outputs in {@link ExpertRows#out}, and that of each pair's
   * weight in the {@link Routing}.
   *
   * @param logitGradient shape [labelled][outputs]
   */
  void backward(Step step, float[] logitGradient);
}
