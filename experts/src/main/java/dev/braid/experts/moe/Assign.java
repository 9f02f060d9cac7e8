package dev.braid.experts.moe;

import java.util.List;

/**
 * Scores to weights: which experts compute a row, with which weight. Predicting sees one row and
 * what is remembered; learning may look at all labelled rows together.
 */
public interface Assign extends Plugin {

  /** Most experts that a row is sent to. */
  int most(int experts);

  /** Whether every expert computes every row, so that none can rest or leave memory for long. */
  default boolean asksAll() {
    return false;
  }

  /** Whether a row may be left without an expert; then a shared one is demanded. */
  default boolean leavesRowsOut() {
    return false;
  }

  /** Whether learning chooses otherwise than predicting; then it is a second pass forward. */
  default boolean couples() {
    return false;
  }

  /** Arrays in {@link Routing#memory}; what is remembered of each expert has {@link Axis#OUT}. */
  default List<Tensor> memory() {
    return List.of();
  }

  /** Chooses for rows {@code from} to {@code to}, each by its own scores and the memory alone. */
  void predict(Routing routing, int from, int to);

  /** Chooses for the labelled rows, and may change the memory; called if {@link #couples}. */
  default void learn(final Step step, final Routing routing) {
    predict(routing, 0, step.labelled());
  }

  /**
   * Turns {@link Routing#gradient} from that of the affinities, where penalties began it, into that
   * of the scores, the gradient of the weights included.
   */
  void backward(Step step, Routing routing);
}
