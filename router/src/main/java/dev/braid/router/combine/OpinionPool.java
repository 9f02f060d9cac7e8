package dev.braid.router.combine;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;

/**
 * Members weighed by what they predicted lately.
 *
 * @param <P> the sort of pool itself: one for each sort of target
 */
interface OpinionPool<P extends OpinionPool<P>> {
  /**
   * Turns predictions into what this pool counts them by.
   *
   * @param predictions flat, shape [members, width] from {@code from} on
   * @param counted receives them, shape [members * width]
   */
  void count(double[] predictions, int from, int width, double[] counted);

  /** One weight per member, sums to 1; valid until the next call. */
  double[] weights();

  /**
   * The weighted sum.
   *
   * @param counted by {@link #count}
   * @param output receives it, shape [width]
   */
  void combine(double[] counted, double[] output);

  /** Turns an output of {@link #combine} into a prediction, which goes to {@code at}. */
  void put(double[] output, double[] predictions, int at);

  /**
   * Takes in what the target says of the members.
   *
   * @param counted by {@link #count}
   * @param eventWeight how often the event counts, at most as often as the memory is long
   */
  void learn(double[] counted, double target, double eventWeight);

  /** A label came late for the first time, and others will. */
  default void becomeLate() {}

  /** Labels come late, see {@link Combiner#late}: it remembers longer. */
  default void late(final double delay) {}

  /** Labels come late, see {@link Combiner#late}: it trusts less what it knows by few of them. */
  default void doubt(final double known) {}

  /** Goes on from where another pool of as many members is. */
  void copy(P other);

  long sizeBytes();

  void write(ImageWriter out);

  void read(ImageReader in);
}
