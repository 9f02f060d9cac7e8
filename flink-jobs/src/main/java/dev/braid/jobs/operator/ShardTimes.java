package dev.braid.jobs.operator;

import java.util.concurrent.atomic.AtomicLongArray;
import org.apache.flink.metrics.MetricGroup;

/**
 * Gauges of a subtask that combines: how long batches of tasks waited for their slowest shard, and
 * which share of the work each shard has. Reporters read from threads of their own.
 */
final class ShardTimes {
  /** Weight of the newest batch in a mean: about the last hundred. */
  private static final double NEWEST = 0.01;

  private final AtomicLongArray nanos;
  private volatile double waitMillis;

  ShardTimes(final MetricGroup group, final int shards) {
    nanos = new AtomicLongArray(shards);
    group.gauge("shard_wait_ms", () -> waitMillis);
    for (int s = 0; s < shards; s++) {
      final int shard = s;
      group.addGroup("shard", Integer.toString(s)).gauge("cost_share", () -> share(shard));
    }
  }

  private double share(final int shard) {
    long all = 0;
    for (int s = 0; s < nanos.length(); s++) {
      all += nanos.get(s);
    }
    return all == 0 ? 0 : (double) nanos.get(shard) / all;
  }

  /**
   * A batch has come, and was added to its model's answers.
   *
   * @param now in nanoseconds
   */
  void add(final AnswerBatch batch, final ModelAnswers answers, final long now) {
    nanos.lazySet(batch.shard(), nanos.get(batch.shard()) + batch.nanos());
    final long waited = answers.waited(batch.shard(), now);
    if (waited >= 0) {
      update(waitMillis + NEWEST * (waited / 1e6 - waitMillis));
    }
  }

  private void update(final double millis) {
    waitMillis = millis;
  }
}
