package dev.braid.jobs.operator;

import dev.braid.router.PoolEvent;
import java.util.List;

/**
 * What one shard answers to a {@link TaskBatch}.
 *
 * @param model key of the model
 * @param shard 0, 1, ...
 * @param count tasks answered
 * @param places of the shard's experts among those of the learner
 * @param width values of a prediction
 * @param rows predictions, shape [count, places, width], flat
 * @param sizes a task's index and heap bytes of the experts after it, for each that asked for them
 * @param changes a task's index, an expert's place and what happened to it, as the place in {@link
 *     #KINDS}
 * @param failures why each task failed, null where it did not; null if none did
 * @param nanos that the shard was at work
 */
@SuppressWarnings("ArrayRecordComponent")
public record AnswerBatch(
    String model,
    int shard,
    int count,
    int[] places,
    int width,
    double[] rows,
    long[] sizes,
    int[] changes,
    String[] failures,
    long nanos) {
  static final List<PoolEvent.Kind> KINDS = List.of(PoolEvent.Kind.values());
}
