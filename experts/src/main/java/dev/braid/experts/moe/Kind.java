package dev.braid.experts.moe;

import java.util.List;

/** What an expert is: rows of inputs in, rows of outputs out. */
public interface Kind extends Plugin {

  /** The parameters of one expert. */
  List<Tensor> tensors(int inputs, int outputs);

  /** Parameters that all experts of the kind have together, in one array of the layer. */
  default List<Tensor> shared(final int inputs, final int outputs) {
    return List.of();
  }

  /**
   * Arrays of one expert that no gradient moves, such as rows that it remembers; they begin with
   * zeros, and {@link #backward} may change them.
   */
  default List<Tensor> memory(final int inputs, final int outputs) {
    return List.of();
  }

  /** The same with sizes chosen where they were left to the number of inputs. */
  default Kind sized(final int inputs) {
    return this;
  }

  /**
   * Parameters that a row of a batch goes through, its own and the shared ones, since each expert
   * goes through these for itself; for counting operations.
   */
  default long activeParameters(final int inputs, final int outputs) {
    return Tensor.size(tensors(inputs, outputs), inputs, outputs)
        + Tensor.size(shared(inputs, outputs), inputs, outputs);
  }

  /** Floats a row that are kept from forward to backward. */
  int tape(int inputs, int outputs);

  /** Whether forward computes otherwise when it learns; then learning is a second pass forward. */
  default boolean differsWhenLearning() {
    return false;
  }

  /**
   * Outputs of an expert's rows.
   *
   * @param x shape [rows][inputs]
   * @param learning whether {@link #backward} follows; predicting may take a shorter way
   * @param out receives shape [rows][outputs]
   */
  void forward(Work work, float[] x, int rows, boolean learning, float[] out);

  /**
   * Leaves the gradient of the parameters in {@link Work#gradient}, for the first rows that {@link
   * #forward} saw last, and adds that of the shared ones to {@link Work#sharedGradient}.
   *
   * @param x as it was
   * @param labels classes of the rows, for those that learn by a rule of their own
   * @param rows that have labels, 1 or more
   * @param outGradient shape [rows][outputs]
   * @param inputGradient receives that of the inputs, shape [rows][inputs]; null where it is not
   *     wanted
   */
  void backward(
      Work work, float[] x, int[] labels, int rows, float[] outGradient, float[] inputGradient);
}
