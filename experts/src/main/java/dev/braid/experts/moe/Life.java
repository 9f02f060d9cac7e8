package dev.braid.experts.moe;

/** What happens to rows and gradients of a training step beside the gradient itself. */
public interface Life extends Plugin {

  /** Before the gradient: may change {@link Step#rowWeight}. */
  default void rows(final Step step) {}

  /** After the gradient of an expert, before its step of Adam: may change the gradient. */
  default void gradient(
      final Step step, final int expert, final float[] theta, final float[] gradient) {}
}
