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

  /** Where the arrays lie in {@link #theta} and {@link #gradient}. */
  Layout layout();

  /** Where an array lies in {@link #theta} and {@link #gradient}. */
  int at(String tensor);

  float[] theta();

  /** Where backward leaves the gradient of all of {@link #theta}; holds anything before. */
  float[] gradient();

  /** What forward keeps for backward: so many floats a row as the plug-in asked for. */
  float[] tape();

  /** Where an array lies in {@link #memory}. */
  int memoryAt(String tensor);

  /** What no gradient moves; saved with the parameters. */
  float[] memory();

  /** Where an array lies in {@link #shared} and {@link #sharedGradient}. */
  int sharedAt(String tensor);

  /** The parameters that all experts of a kind have together. */
  float[] shared();

  /** Where backward adds the gradient of all of {@link #shared}. */
  float[] sharedGradient();

  /** As many floats as {@link #theta} has, or more, for use within one call. */
  float[] spare();

  /** So many floats or more, for use within one call. */
  float[] scratch(int length);

  Products products();
}
