package dev.braid.experts.moe;

/**
 * The experts that a gate chooses from, as a {@link Life} may change them between steps. There are
 * as many places as the layer has experts by its text; a place may be empty, and then its expert is
 * chosen by nobody and takes no memory. Whatever is done to an expert is done to the gate's
 * parameters for it too, and to what parts of the gate remember of it.
 */
public interface LayerExperts {

  /** E: experts that there can be. */
  int places();

  /** Experts that there are, 1 or more. */
  int alive();

  boolean isAlive(int e);

  /** A place that is empty and whose expert would be of the same kind; -1 if there is none. */
  int emptyPlace(int e);

  /**
   * An empty place gets what another has: parameters, moments, memory.
   *
   * @param from an expert, awake after it
   * @param to an empty place for the same kind
   */
  void copy(int from, int to);

  /**
   * Makes of an expert the weighted sum of some of its kind, itself among them or not; its memory
   * stays its own.
   *
   * @param from experts
   * @param share of each, usually with sum 1
   */
  void mix(int to, int[] from, float[] share);

  /** Empties a place; the last expert stays. */
  void retire(int e);

  /** An expert's parameters, which may be changed until another's are asked for. It is awake. */
  float[] theta(int e);

  /** Where an expert's parameters lie. */
  Layout layout(int e);

  /** Euclidean length of the gate's parameters for an expert. */
  double gateLength(int e);

  /**
   * Gives a gate of linear scores other parameters for an expert.
   *
   * @param weights one for each input, and the bias behind them
   */
  void route(int e, float[] weights);

  /** Share of the labelled rows of about the last thousand that were sent to an expert. */
  float share(int e);

  /** Whether the layer's error rate was seen to rise in this step (ADWIN). */
  boolean alarm();
}
