package dev.braid.experts.moe;

/**
 * A replaceable part of a layer: an immutable record that declares its arrays and owns none. The
 * layer holds, saves, grows and rests them.
 */
public interface Plugin {

  /** Newest labelled rows that the layer is to remember for it; see {@link Step#recent}. */
  default int recent() {
    return 0;
  }

  /** Whether it is to know when the layer's errors rise; see {@link Step#alarm}. */
  default boolean watches() {
    return false;
  }

  /**
   * Whether it looks at labels, or takes what comes out for logits of classes, so that it can stand
   * in the last layer alone.
   */
  default boolean needsClasses() {
    return false;
  }

  /** The text that chooses it, with all options; reading it gives an equal part. */
  String text();
}
