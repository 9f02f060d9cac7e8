package dev.braid.experts.moe;

import java.util.List;

/** Scores of a row's experts: one number for each that is chosen from. */
public interface Score extends Plugin {

  /**
   * The parameters.
   *
   * @param inputs numbers of a row
   * @param columns experts
   */
  List<Tensor> tensors(int inputs, int columns);

  /** Floats that no gradient moves, such as counts or centroids. */
  default int memory(final int inputs, final int columns) {
    return 0;
  }

  /**
   * Scores of all rows.
   *
   * @param score receives shape [rows][columns]
   */
  void forward(Step step, Work work, float[] score);

  /**
   * Leaves the gradient of the parameters in {@link Work#gradient}.
   *
   * @param scoreGradient shape [labelled][columns]
   */
  void backward(Step step, Work work, float[] scoreGradient);
}
