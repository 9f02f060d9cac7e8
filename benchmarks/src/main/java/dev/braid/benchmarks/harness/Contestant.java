package dev.braid.benchmarks.harness;

import dev.braid.data.Instance;
import dev.braid.data.Schema;

/**
 * A learner in the form in which the harness drives it.
 *
 * @param <R> how it takes an event; events are put in that form before the clock runs
 */
interface Contestant<R> {
  /** Of a contestant without experts. */
  double[] NO_WEIGHTS = {};

  /** The event as this learner takes it; the schema is the one in force at that event. */
  R encode(Instance instance, Schema schema);

  /** Index of the class predicted, before the label is known. */
  int predict(R row);

  /**
   * What was predicted last, for each class then known: its probability, or a score of any scale.
   * Valid until the next call.
   */
  double[] prediction();

  /** Learns from an event of which the label is known. */
  void learn(R row);

  /** As {@link #predict} followed by {@link #learn}. */
  default int testThenTrain(final R row) {
    final int prediction = predict(row);
    learn(row);
    return prediction;
  }

  /**
   * Whether the learner saw a drift since the last call: opened, switched or replaced an expert.
   */
  default boolean alarmed() {
    return false;
  }

  /** What each expert weighed in the prediction made last; empty where there are none to weigh. */
  default double[] weights() {
    return NO_WEIGHTS;
  }

  /** The same for an event that is only looked at: no trace of it is left. */
  default double[] weightsFor(final R row) {
    return NO_WEIGHTS;
  }

  /** Experts that are chosen from, the first of {@link #weights}; the others see every event. */
  default int chosenFrom() {
    return 0;
  }

  /** Operations of an event, in all experts, at the most; 0 where they are not counted. */
  default long operations() {
    return 0;
  }

  /** Heap bytes held; may take long, is never timed. */
  long sizeBytes();
}
