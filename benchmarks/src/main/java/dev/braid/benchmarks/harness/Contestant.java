package dev.braid.benchmarks.harness;

import dev.braid.data.Instance;
import dev.braid.data.Schema;

/**
 * A learner in the form in which the harness drives it.
 *
 * @param <R> how it takes an event; events are put in that form before the clock runs
 */
interface Contestant<R> {

  /** The event as this learner takes it; the schema is the one in force at that event. */
  R encode(Instance instance, Schema schema);

  /** Index of the class predicted, before the label is known. */
  int predict(R row);

  /**
   * What was predicted last, for each class then known: its probability, or a vote of any scale.
   * Valid until the next call.
   */
  double[] votes();

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

  /** Heap bytes held; may take long, is never timed. */
  long sizeBytes();
}
