package dev.braid.experts.moe;

/**
 * A replaceable part of a layer: an immutable record that declares its arrays and owns none. The
 * layer holds, saves, grows and rests them.
 */
public interface Plugin {

  /** The text that chooses it, with all options; reading it gives an equal part. */
  String text();
}
