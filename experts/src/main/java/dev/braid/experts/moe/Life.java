package dev.braid.experts.moe;

/** What happens to rows, gradients and experts beside the gradient itself. Steps decide when. */
public interface Life extends Plugin {

  /** Experts that a new layer begins with; the other places are empty. */
  default int first(final int places) {
    return places;
  }

  /** Before the gradient: may change {@link Step#rowWeight}. */
  default void rows(final Step step) {}

  /** After the gradient of an expert, before its step of Adam: may change the gradient. */
  default void gradient(
      final Step step, final int expert, final float[] theta, final float[] gradient) {}

  /** Whether {@link #after} is to be called, for which the layer keeps the pool's figures. */
  default boolean changesExperts() {
    return false;
  }

  /** After a training step: experts may come, go, and be mixed. */
  default void after(final Step step, final Pool pool) {}
}
