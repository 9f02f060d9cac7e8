package dev.braid.jobs.inspect;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Puts together what the three operators of divided models keep of each: what combines has most of
 * it, shards the experts, and what brings the records in order knows every model. The first two are
 * on the heap until the third is read.
 */
final class DividedSavepoint {
  private final Map<String, ModelSummary> combined = new HashMap<>();
  private final Map<String, List<ShardSummary>> shards = new HashMap<>();

  void add(final ModelSummary half) {
    combined.put(half.key(), half);
  }

  void add(final ShardSummary shard) {
    shards.computeIfAbsent(shard.model(), key -> new ArrayList<>()).add(shard);
  }

  /**
   * Puts one model together, which nothing is kept of here from then on.
   *
   * @param ordering what the half that orders keeps of it
   */
  void tell(final ModelSummary ordering, final Consumer<ModelSummary> sink) {
    final ModelSummary half = combined.remove(ordering.key());
    final List<ShardSummary> pieces = shards.remove(ordering.key());
    sink.accept(whole(ordering, half, pieces == null ? List.of() : pieces));
  }

  private static ModelSummary whole(
      final ModelSummary ordering, final ModelSummary half, final List<ShardSummary> pieces) {
    if (ordering.error() != null || half == null) {
      return ordering; // A label waits for the first event of this model.
    }
    if (half.error() != null) {
      return half;
    }
    long bytes = ordering.bytes() + half.bytes();
    long heap = half.heapBytes();
    int entries = ordering.entries() + half.entries();
    final Map<String, ModelSummary.ExpertSummary> saved = new HashMap<>();
    for (final ShardSummary piece : pieces) {
      if (piece.error() != null) {
        return ModelSummary.unreadable(ordering.key(), piece.error());
      }
      bytes += piece.bytes();
      heap += piece.heapBytes();
      entries += piece.entries();
      piece.experts().forEach(expert -> saved.put(expert.name(), expert));
    }
    final List<ModelSummary.ExpertSummary> experts =
        half.experts().stream().map(named -> saved.getOrDefault(named.name(), named)).toList();
    return half.with(
        pieces.size(),
        bytes,
        heap,
        entries,
        ordering.pendingLabels(),
        ordering.lastUsed(),
        experts);
  }
}
