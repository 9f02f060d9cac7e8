package dev.braid.router;

import dev.braid.state.image.Part;

/**
 * Makes one prediction of the predictions of a pool's members, wherever these work, and learns what
 * they are worth. Knows of an event only what its members predict.
 */
public interface Combination extends Part {

  /**
   * Takes a member's prediction in; NaN of one that rests and says nothing.
   *
   * @param rows where it lies
   * @param from where it begins there
   */
  void set(int member, double[] rows, int from);

  /** Takes a member's prediction in, shape [width]. */
  default void set(final int member, final double[] prediction) {
    set(member, prediction, 0);
  }

  /** Combines the members' predictions, of which all were set. */
  void combine();

  /** Puts out what it makes of the event combined last; {@code out} has its shape. */
  void publish(Prediction out);

  /** Learns from the event combined last, whose label came at once. */
  void learn(double target, double weight);

  /**
   * Learns from an event as it was when it was predicted, whose label comes only now; {@link
   * #learnArrived} is to follow.
   *
   * @param then what {@link #publish} put out of its members' predictions; another one may have
   * @return false if that was not kept: then it is to be combined and learned like any other
   */
  boolean learnAsked(double[] then, double target, double weight);

  /** Learns from the same event as its members, of which all were set again, predict it now. */
  void learnArrived(double target, double weight);

  /** There are more classes. */
  void grow(int width);

  /** Width of the input and of each layer of its network; empty without one. */
  int[] shape();

  /** Operations of one event, combined and learned from; counted as those of an expert are. */
  long operations();

  /** Heap bytes held, an estimate. */
  long sizeBytes();
}
