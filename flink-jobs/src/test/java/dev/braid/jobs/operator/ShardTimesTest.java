package dev.braid.jobs.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

/** What tells who waits for whom among the shards. */
class ShardTimesTest {
  private static final long MILLI = 1_000_000;

  private final Map<String, Gauge<?>> gauges = new HashMap<>();

  /** Keeps the gauges by their names behind those of their groups. */
  private final class Names extends UnregisteredMetricsGroup {
    private final String prefix;

    Names(final String prefix) {
      this.prefix = prefix;
    }

    @Override
    public MetricGroup addGroup(final String key, final String value) {
      return new Names(prefix + key + '=' + value + '.');
    }

    @Override
    public <T, G extends Gauge<T>> G gauge(final String name, final G gauge) {
      gauges.put(prefix + name, gauge);
      return gauge;
    }
  }

  private double shown(final String gauge) {
    return ((Number) gauges.get(gauge).getValue()).doubleValue();
  }

  private static AnswerBatch batch(final int shard, final long nanos) {
    return new AnswerBatch(
        "m", shard, 1, new int[] {shard}, 1, new double[1], new long[0], new int[0], null, nanos);
  }

  @Test
  void aShardsShareIsThatOfItsTimeInThatOfAll() {
    final ShardTimes times = new ShardTimes(new Names(""), 3);
    final ModelAnswers answers = new ModelAnswers(3);
    assertEquals(0, shown("shard=1.cost_share"));
    for (final int shard : new int[] {0, 1, 2, 0}) {
      times.add(batch(shard, shard == 1 ? 600 : 100), answers, 0);
    }
    assertEquals(2 / 9.0, shown("shard=0.cost_share"), 1e-12);
    assertEquals(6 / 9.0, shown("shard=1.cost_share"), 1e-12);
    assertEquals(1 / 9.0, shown("shard=2.cost_share"), 1e-12);
  }

  @Test
  void aBatchWaitsFromItsFirstAnswerToItsLast() {
    final ShardTimes times = new ShardTimes(new Names(""), 2);
    final ModelAnswers answers = new ModelAnswers(2);
    for (int i = 0; i < 2_000; i++) {
      // The second shard is a batch behind the first, and answers four milliseconds later.
      times.add(batch(0, 1), answers, 10L * i * MILLI);
      if (i > 0) {
        times.add(batch(1, 1), answers, (10L * i - 6) * MILLI);
      }
    }
    assertEquals(4, shown("shard_wait_ms"), 1e-6);
  }

  @Test
  void nothingHasWaitedWhileOneShardOwesItsFirstAnswer() {
    final ShardTimes times = new ShardTimes(new Names(""), 2);
    final ModelAnswers answers = new ModelAnswers(2);
    Stream.of(5L, 50L).forEach(now -> times.add(batch(1, 1), answers, now * MILLI));
    assertEquals(0, shown("shard_wait_ms"));
  }
}
