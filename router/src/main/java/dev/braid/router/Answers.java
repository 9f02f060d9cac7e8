package dev.braid.router;

import java.util.List;

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
   * What happened to an expert in the tasks answered since this was asked last, as {@link
   * Pool#drainChanges} has it.
   */
  List<PoolEvent.Kind> drainChanges(int expert);
}
