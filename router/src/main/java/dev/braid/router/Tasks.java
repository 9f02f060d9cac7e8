package dev.braid.router;

import dev.braid.data.Schema;

/**
 * What is to be done, in order, by the {@link Shard shards} of a divided learner. Each call of a
 * {@link Learner} method that predicts or learns is one task, and one answer of each shard.
 */
public interface Tasks {

  /** The learner is opened: the shards have untrained experts from here on. */
  void open(Schema schema);

  /** The schema has grown. */
  void grow(Schema larger);

  /**
   * An event is to be predicted.
   *
   * @param x as the experts are to see it; valid during the call
   */
  void ask(double[] x);

  /** An event is to be predicted, then learned. */
  void learn(double[] x, double target, double weight);
}
