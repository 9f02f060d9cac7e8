package dev.braid.router;

/**
 * A learner whose experts work on several threads. It is to be used from one thread at a time as
 * any other, says the same to the last bit, and its image is the same.
 */
public interface ParallelLearner extends Learner, AutoCloseable {

  /** Ends its threads; it is not to be used afterwards. */
  @Override
  void close();
}
