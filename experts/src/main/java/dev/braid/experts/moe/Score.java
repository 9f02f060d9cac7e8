package dev.braid.experts.moe;

import java.util.List;

/** Scores of a row's experts: one number for each that is chosen from. */
public interface Score extends Plugin {

  /**
   * The parameters.
   *
   * @param inputs numbers of a row
   * @param columns experts; what belongs to each of them has the axis {@link Axis#OUT}
   */
  List<Tensor> tensors(int inputs, int columns);

  /** Arrays that no gradient moves, such as counts or centroids; they begin with zeros. */
  default List<Tensor> memory(final int inputs, final int columns) {
    return List.of();
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
   * @param inputGradient receives that of the inputs, shape [labelled][inputs]; null where it is
   *     not wanted
   */
  void backward(Step step, Work work, float[] scoreGradient, float[] inputGradient);
}
