package dev.braid.jobs.operator;

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
 * @param changes a task's index, an expert's place and the ordinal of a {@code PoolEvent.Kind}, for
 *     each that happened to it
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
    long nanos) {}
