package dev.braid.experts.moe;

/**
 * What a plug-in computes with: the parameters of one expert or of the gate, its scratch memory,
 * and the backend's matrix products. Lent for one call.
 */
public interface Work {

  /** Numbers of a row. */
  int inputs();

  /** Numbers that come out for it. */
  int outputs();

  /** Where an array lies in {@link #theta} and {@link #gradient}. */
  int at(String tensor);

  float[] theta();

  /** Where backward leaves the gradient of all of {@link #theta}; holds anything before. */
  float[] gradient();

  /** What forward keeps for backward: so many floats a row as the plug-in asked for. */
  float[] tape();

  /** What no gradient moves, of the length that the plug-in asked for; saved with the block. */
  float[] memory();

  /** So many floats or more, for use within one call. */
  float[] scratch(int length);

  Products products();
}
