package dev.braid.experts.moe;

/** A further loss on the gate, of its affinities. */
public interface Penalty extends Plugin {

  /** Floats that are kept from step to step. */
  default int memory(final int experts) {
    return 0;
  }

  /** Adds its gradient to {@link Routing#gradient}, per labelled row and expert. */
  void add(Step step, Routing routing, float[] memory);
}
