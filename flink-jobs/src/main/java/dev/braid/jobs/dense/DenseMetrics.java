package dev.braid.jobs.dense;

import dev.braid.experts.moe.MemoryFigures;
import dev.braid.experts.moe.RestFigures;
import dev.braid.experts.moe.layer.DenseMoe;
import dev.braid.experts.moe.spec.DenseBatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * Flink metrics of the stage under the group {@code dense}, over the layers of one subtask. Times
 * are in microseconds. Written by the task's thread, read by reporters in threads of their own.
 */
final class DenseMetrics {
  /** Experts beyond get no gauge of their own. */
  private static final int MOST_EXPERTS = 256;

  private static final int WINDOW = 1000;

  private final MetricGroup group;
  private final Histogram batchRows = new DescriptiveStatisticsHistogram(WINDOW);
  private final Histogram queueTime = new DescriptiveStatisticsHistogram(WINDOW);
  private final Histogram deviceTime = new DescriptiveStatisticsHistogram(WINDOW);
  private final Counter steps;
  private final Counter rows;
  private final Counter bytesWritten;
  private final Counter bytesRead;
  private AtomicLongArray load;
  private final AtomicLong deviceBytes = new AtomicLong();
  private final AtomicLong weightBytes = new AtomicLong();
  private final AtomicLong resting = new AtomicLong();
  private final Counter restHits;
  private final Counter restMisses;
  private final AtomicLong inMemoryBytes = new AtomicLong();
  private final AtomicLong evictedExperts = new AtomicLong();
  private final AtomicLong evictedBytes = new AtomicLong();
  private final Counter expertHits;
  private final Counter expertMisses;
  private final Counter expertPrefetches;

  DenseMetrics(final MetricGroup operatorGroup) {
    group = operatorGroup.addGroup("dense");
    group.histogram("batch_rows", batchRows);
    group.histogram("queue_time_us", queueTime);
    group.histogram("device_time_us", deviceTime);
    steps = group.counter("steps");
    rows = group.counter("rows");
    bytesWritten = group.counter("state_bytes_written");
    bytesRead = group.counter("state_bytes_read");
    restHits = group.counter("rest_hits");
    restMisses = group.counter("rest_misses");
    expertHits = group.counter("expert_hits");
    expertMisses = group.counter("expert_misses");
    expertPrefetches = group.counter("expert_prefetches");
    gauge("in_memory_bytes", inMemoryBytes);
    gauge("evicted_experts", evictedExperts);
    gauge("evicted_bytes", evictedBytes);
    final Gauge<Double> hitRate = () -> expertHits.getCount() / (double) Math.max(1, asked());
    group.gauge("expert_hit_rate", hitRate);
    gauge("device_bytes", deviceBytes);
    gauge("weight_bytes", weightBytes);
    gauge("resting_experts", resting);
  }

  private long asked() {
    return expertHits.getCount() + expertMisses.getCount();
  }

  private void gauge(final String name, final AtomicLong value) {
    final Gauge<Long> gauge = value::get;
    group.gauge(name, gauge);
  }

  /** A layer works here; all are of one shape. */
  void opened(final DenseMoe layer) {
    if (load != null) {
      return;
    }
    final AtomicLongArray counts = new AtomicLongArray(layer.spec().totalExperts());
    load = counts;
    for (int e = 0; e < Math.min(MOST_EXPERTS, counts.length()); e++) {
      final int expert = e;
      final Gauge<Long> computed = () -> counts.get(expert);
      group.addGroup("expert", "dense" + e).gauge("load", computed);
    }
  }

  /** A batch was computed. */
  void computed(final DenseBatch batch) {
    batchRows.update(batch.rows());
    rows.inc(batch.rows());
    for (int e = 0; e < batch.load().length; e++) {
      load.lazySet(e, load.get(e) + batch.load()[e]);
    }
  }

  /** The weights changed. */
  void learned() {
    steps.inc();
  }

  /** A layer took so much device memory, or, where negative, gave it back. */
  void tookDeviceMemory(final long bytes) {
    deviceBytes.addAndGet(bytes);
  }

  /** The experts of a layer went to rest, answered from there, or woke. */
  void rested(final RestFigures before, final RestFigures now) {
    resting.addAndGet(now.resting() - before.resting());
    weightBytes.addAndGet(now.weightBytes() - before.weightBytes());
    restHits.inc(now.hits() - before.hits());
    restMisses.inc(now.misses() - before.misses());
  }

  /** The experts of a layer left memory, or came back. */
  void remembered(final MemoryFigures before, final MemoryFigures now) {
    inMemoryBytes.addAndGet(now.inMemoryBytes() - before.inMemoryBytes());
    evictedExperts.addAndGet(now.evictedExperts() - before.evictedExperts());
    evictedBytes.addAndGet(now.evictedBytes() - before.evictedBytes());
    expertHits.inc(now.hits() - before.hits());
    expertMisses.inc(now.misses() - before.misses());
    expertPrefetches.inc(now.prefetches() - before.prefetches());
  }

  void deviceTime(final long nanos) {
    deviceTime.update(nanos / 1000);
  }

  /** An event went on after such a time. */
  void waited(final long nanos) {
    queueTime.update(nanos / 1000);
  }

  void wrote(final long bytes) {
    bytesWritten.inc(bytes);
  }

  void read(final long bytes) {
    bytesRead.inc(bytes);
  }
}
