package dev.braid.jobs.operator;

import dev.braid.router.Answers;
import dev.braid.router.Combination;
import dev.braid.router.PoolEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** What the shards of one model have answered and nobody has taken yet, and what waits for it. */
final class ModelAnswers implements Answers {
  private static final List<PoolEvent.Kind> KINDS = AnswerBatch.KINDS;

  private final List<ShardAnswers> shards = new ArrayList<>();
  private final ArrayDeque<Order> orders = new ArrayDeque<>();

  /** What happened to each expert, by place and kind. */
  private final BitSet changes = new BitSet();

  /** When the first shard's answer came, of the batches that not all have answered. */
  private final ArrayDeque<Long> firsts = new ArrayDeque<>();

  private long firstWaiting;

  /** Answers of one shard. */
  private static final class ShardAnswers {
    final ArrayDeque<AnswerBatch> batches = new ArrayDeque<>();
    int available;
    long received;

    // In the first batch.
    int task;
    int size;
    int change;
    long bytes;

    String failure(final int tasks) {
      int first = task;
      int left = tasks;
      for (final AnswerBatch batch : batches) {
        final int here = Math.min(left, batch.count() - first);
        for (int t = first; batch.failures() != null && t < first + here; t++) {
          if (batch.failures()[t] != null) {
            return batch.failures()[t];
          }
        }
        left -= here;
        first = 0;
        if (left == 0) {
          return null;
        }
      }
      return null;
    }

    void skipEmpty() {
      while (!batches.isEmpty() && task == batches.peek().count()) {
        batches.remove();
        task = 0;
        size = 0;
        change = 0;
      }
    }
  }

  ModelAnswers(final int shards) {
    for (int s = 0; s < shards; s++) {
      this.shards.add(new ShardAnswers());
    }
  }

  void add(final Order order) {
    orders.add(order);
  }

  void add(final AnswerBatch batch) {
    final ShardAnswers shard = shards.get(batch.shard());
    shard.batches.add(batch);
    shard.available += batch.count();
    shard.skipEmpty();
  }

  /**
   * A batch of a shard has come.
   *
   * @param now in nanoseconds
   * @return how long the first of its kind waited for this one, the last of them; -1 if others are
   *     to come
   */
  long waited(final int shard, final long now) {
    final ShardAnswers its = shards.get(shard);
    final long batch = its.received++;
    if (batch == firstWaiting + firsts.size()) {
      firsts.add(now);
    }
    for (final ShardAnswers each : shards) {
      if (each.received <= batch) {
        return -1;
      }
    }
    firstWaiting++;
    return now - firsts.remove();
  }

  /** Whether nothing waits for anything. */
  boolean isEmpty() {
    return orders.isEmpty() && shards.stream().allMatch(shard -> shard.available == 0);
  }

  /** The next order, if all shards have answered what belongs to it; else null. */
  Order next() {
    final Order order = orders.peek();
    if (order == null) {
      return null;
    }
    for (final ShardAnswers shard : shards) {
      if (shard.available < order.tasks()) {
        return null;
      }
    }
    return orders.remove();
  }

  /** Why an expert failed at one of the next tasks, or null if none did. */
  String failure(final int tasks) {
    for (final ShardAnswers shard : shards) {
      final String failure = shard.failure(tasks);
      if (failure != null) {
        return failure;
      }
    }
    return null;
  }

  /** Answers that the first shard has. */
  int available() {
    return shards.get(0).available;
  }

  /** Lets answers go that nobody asked for, because something failed before. */
  void skipTo(final int available) {
    while (available() > available) {
      advance(null);
    }
  }

  @Override
  public void next(final Combination to) {
    final String failure = advance(to);
    if (failure != null) {
      throw new IllegalStateException(failure);
    }
  }

  private String advance(final Combination to) {
    String failure = null;
    for (final ShardAnswers shard : shards) {
      final AnswerBatch batch = shard.batches.peek();
      if (batch == null) {
        throw new IllegalStateException("a shard owes the answer to a task");
      }
      if (batch.failures() != null && batch.failures()[shard.task] != null) {
        failure = batch.failures()[shard.task];
      }
      if (to != null && failure == null) {
        hand(batch, shard.task, to);
      }
      for (;
          shard.change < batch.changes().length && batch.changes()[shard.change] == shard.task;
          shard.change += 3) {
        final int place = batch.changes()[shard.change + 1];
        changes.set(place * KINDS.size() + batch.changes()[shard.change + 2]);
      }
      if (shard.size < batch.sizes().length && batch.sizes()[shard.size] == shard.task) {
        shard.bytes = batch.sizes()[shard.size + 1];
        shard.size += 2;
      }
      shard.task++;
      shard.available--;
      shard.skipEmpty();
    }
    return failure;
  }

  private static void hand(final AnswerBatch batch, final int task, final Combination to) {
    final int[] places = batch.places();
    int at = task * places.length * batch.width();
    for (final int place : places) {
      to.set(place, batch.rows(), at);
      at += batch.width();
    }
  }

  @Override
  public long sizeBytes() {
    long bytes = 0;
    for (final ShardAnswers shard : shards) {
      bytes += shard.bytes;
    }
    return bytes;
  }

  @Override
  public List<PoolEvent.Kind> drainChanges(final int expert) {
    final int from = expert * KINDS.size();
    final int first = changes.nextSetBit(from);
    if (first < 0 || first >= from + KINDS.size()) {
      return List.of();
    }
    final List<PoolEvent.Kind> kinds = new ArrayList<>();
    for (int k = 0; k < KINDS.size(); k++) {
      if (changes.get(from + k)) {
        kinds.add(KINDS.get(k));
      }
    }
    changes.clear(from, from + KINDS.size());
    return kinds;
  }
}
