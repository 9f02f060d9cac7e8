package dev.braid.router;

/** What the {@link Shard shards} of a divided learner answer to its {@link Tasks}, in order. */
public interface Answers {

  /**
   * Goes on to the answers to the next task, and hands over what every expert says.
   *
   * @throws IllegalStateException with one sentence, if an expert failed at the task
   */
  void next(Combination to);

  /** Heap bytes of the experts of all shards, as they were told last. */
  long sizeBytes();

  /**
   * Whether an expert is a tree that took over from another one in a task answered since this was
   * asked last.
   */
  boolean drainReplaced(int expert);
}
