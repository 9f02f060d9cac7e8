package dev.braid.experts.moe;

import java.util.List;

/** What happens to rows, gradients and experts beside the gradient itself. Steps decide when. */
public interface Life extends Plugin {

  /** Experts that a new layer begins with; the other places are empty. */
  default int first(final int places) {
    return places;
  }

  /**
   * Arrays that are kept from step to step; what is kept of each expert has {@link Axis#OUT}. They
   * begin with zeros.
   */
  default List<Tensor> memory() {
    return List.of();
  }

  /** Arrays as large as an expert's parameters that are kept of each expert; zeros at first. */
  default int copies() {
    return 0;
  }

  /** Before the gradient: may change {@link Step#rowWeight}. */
  default void rows(final Step step, final float[] memory) {}

  /** Once it is known whether errors rise, and before anything learns. */
  default void begin(final Step step, final float[] memory) {}

  /** Whether an expert that has labelled rows learns from them. */
  default boolean learns(final Step step, final int expert, final float[] memory) {
    return true;
  }

  /**
   * After the gradient of an expert, before its step of Adam: may change the gradient.
   *
   * @param own has the expert's {@link #copies} at an offset, one behind the other
   */
  default void gradient(
      final Step step,
      final int expert,
      final float[] theta,
      final float[] gradient,
      final float[] memory,
      final float[] own,
      final int at) {}

  /** Whether {@link #after} is to be called, for which the layer keeps figures of its experts. */
  default boolean changesExperts() {
    return false;
  }

  /**
   * Whether it gives the gate parameters by {@link LayerExperts#route}, for which scores are
   * linear.
   */
  default boolean routes() {
    return false;
  }

  /** After a training step: experts may come, go, and be mixed. */
  default void after(final Step step, final LayerExperts experts, final float[] memory) {}
}
