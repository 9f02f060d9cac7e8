package dev.braid.jobs.operator;

/**
 * Tasks of one model for one shard, in their order.
 *
 * @param shard key of the shard's state, by {@link ShardKeys}
 * @param dropped whether the shard is to forget all it has, before anything else
 * @param fresh whether it is to open its experts anew with the schema
 * @param schema image of the schema from here on, or null if it is the one before
 * @param features values of an event
 * @param count tasks
 * @param kinds one per task, {@link #LEARN} and {@link #SIZE} or'ed; more may follow
 * @param x shape [count, features], flat; more may follow
 * @param targets one per task; more may follow
 */
@SuppressWarnings("ArrayRecordComponent")
public record TaskBatch(
    String shard,
    boolean dropped,
    boolean fresh,
    byte[] schema,
    int features,
    int count,
    byte[] kinds,
    double[] x,
    double[] targets) {
  /** The event is learned once it was predicted. */
  static final int LEARN = 1;

  /** The answer is to tell how much heap the experts hold. */
  static final int SIZE = 2;

  /** The same for another shard. */
  TaskBatch to(final String other) {
    return new TaskBatch(other, dropped, fresh, schema, features, count, kinds, x, targets);
  }
}
