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
 * @param replaced a task's index and an expert's place, for each tree that took over
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
    int[] replaced,
    String[] failures,
    long nanos) {}
