package dev.braid.experts;

import dev.braid.data.Schema;
import dev.braid.state.image.Part;

/**
 * Predicts a stream's target and learns one event at a time, in a pool or on its own. What is said
 * of probabilities holds where the target is a class; where it is a number, a prediction is one
 * finite number.
 *
 * <p>Contract:
 *
 * <ul>
 *   <li>Deterministic: the same seed and the same calls give the same bits.
 *   <li>{@link #predict} changes nothing that a later call could see.
 *   <li>No allocation per event in steady state.
 *   <li>Whatever the input (NaN for a missing value, nominal values and classes never met, extreme
 *       numbers), probabilities are finite, at least 0 and sum to 1.
 *   <li>State: {@link Part}. {@link Experts#read} takes the chunks back.
 * </ul>
 */
public interface Expert extends Part {

  /** Names the implementation in saved state, for instance {@code hoeffding-tree}. */
  String kind();

  /**
   * The prediction before the label is known.
   *
   * @param x one element per feature of the schema; NaN where missing
   * @param prediction receives one probability per class of the schema, shape [{@link
   *     dev.braid.data.Target#width()}]; uniform where the expert knows nothing yet
   */
  void predict(double[] x, double[] prediction);

  /**
   * Learns from one labelled event.
   *
   * @param x as for {@link #predict}
   * @param target index of the class, 0 to classes - 1, or the number
   * @param weight how often the event counts, greater than 0
   */
  void learn(double[] x, double target, double weight);

  /**
   * Learns from one labelled event whose prediction is at hand: the same as {@link #learn(double[],
   * double, double)} to the last bit, and cheaper where learning needs the prediction.
   *
   * @param predicted what {@link #predict} says of the event now
   */
  default void learn(
      final double[] x, final double target, final double weight, final double[] predicted) {
    learn(x, target, weight);
  }

  /**
   * Announces a schema that has grown: every index of the old one keeps its meaning.
   *
   * @param schema a schema made from the current one by adding features, values or classes
   */
  void grow(Schema schema);

  /** How often the expert changed its structure; for people who look into a saved model. */
  default TreeCounts treeCounts() {
    return TreeCounts.NONE;
  }

  /** How often a drift detector had the expert begin anew since this was asked last. */
  default int drainReplacements() {
    return 0;
  }

  /**
   * Operations of one event, predicted and learned from, estimated from the sizes of now, not
   * measured. One is a step of a plain loop over numbers that lie side by side, about a nanosecond;
   * a step that waits for memory, or takes a logarithm, counts as the many that it takes. Shards
   * get their experts by it. 0 where nobody can count them.
   */
  long operations();

  /** Heap bytes held by this expert's state, an estimate within a few per cent. */
  long sizeBytes();
}
