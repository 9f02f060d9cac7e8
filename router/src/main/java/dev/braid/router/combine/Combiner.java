package dev.braid.router.combine;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;

/**
 * One link of a {@link Chain}: turns the predictions of a pool's members, and what the link before
 * made of them, into one prediction.
 *
 * <p>It may make a difference between a label that comes at once and one that comes late, when
 * members are asked twice about one event.
 */
public interface Combiner {

  /**
   * Takes in, once, who comes directly before it: what both would make of every event need be made
   * but once. Both see the same events in the same order.
   */
  default void behind(final Combiner before) {}

  /** Values that it wants to see again when the label comes late, in rows of one prediction. */
  default int keptRows() {
    return 0;
  }

  /**
   * Takes an event in.
   *
   * @param predictions of the members, flat, first member first: at least [members * width]; NaN of
   *     one that rests and says nothing
   * @param before what the link before put out, shape [width]; null for the first link. Neither
   *     array changes until this event is learned or another one taken
   */
  void take(double[] predictions, double[] before);

  /** Puts out the logits of the event taken last, shape [width], or the number. */
  void combine(double[] output);

  /**
   * Puts out what it wants to see again of the event combined last.
   *
   * @param at where its rows begin
   */
  default void keep(final double[] rows, final int at) {}

  /**
   * Labels come late.
   *
   * @param delay how many labels of others come between an event and its own
   * @param known labels so far, in such delays: what was predicted at about the same time was wrong
   *     for the same reasons, so that they are worth hardly more than so many events
   */
  default void late(final double delay, final double known) {}

  /** Learns from the event combined last, whose label came at once. */
  void learn(double target, double weight);

  /**
   * Learns from the event taken last as it was when it was predicted, long before its label came.
   *
   * @param kept what {@link #keep} put out then
   * @param at where it begins
   */
  void learnAsked(double[] kept, int at, double target, double weight);

  /** Learns from the event taken last as its members predict it now that its late label is here. */
  void learnArrived(double target, double weight);

  /** One weight per member, sums to 1, valid until the next call; null if it has none. */
  default double[] weights() {
    return null;
  }

  /** Width of the input and of each layer of its network; empty if it has none. */
  default int[] shape() {
    return new int[0];
  }

  /** Operations of an event beside those of a logarithm a value and of its network. */
  default long operations() {
    return 0;
  }

  /** Predictions have become wider: there are more classes. */
  void grow(int width);

  /** Heap bytes held, an estimate. */
  long sizeBytes();

  /** Writes everything that influences a later prediction. */
  void write(ImageWriter out);

  /** Reads what {@link #write} wrote into one that is newly opened with the same options. */
  void read(ImageReader in);
}
