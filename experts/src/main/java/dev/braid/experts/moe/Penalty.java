package dev.braid.experts.moe;

import java.util.List;

/** A further loss on the gate, of its affinities. */
public interface Penalty extends Plugin {

  /**
   * Arrays that are kept from step to step; what is kept of each expert has {@link Axis#OUT}. They
   * begin with zeros.
   */
  default List<Tensor> memory() {
    return List.of();
  }

  /**
   * Whether it reads the gradients of the experts' outputs in {@link ExpertRows#out}, which a
   * combination that merges parameters does not leave there.
   */
  default boolean readsOutputGradients() {
    return false;
  }

  /** Adds its gradient to {@link Routing#gradient}, per labelled row and expert. */
  void add(Step step, Routing routing, float[] memory);
}
