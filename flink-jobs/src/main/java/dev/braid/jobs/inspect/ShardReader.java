package dev.braid.jobs.inspect;

import dev.braid.experts.Expert;
import dev.braid.jobs.operator.SavedShard;
import dev.braid.router.Division;
import dev.braid.router.Member;
import dev.braid.router.Shard;
import dev.braid.state.image.MalformedImageException;
import dev.braid.state.image.Part;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.util.Collector;

/** Reads the shards of a savepoint one by one and gives out a {@link ShardSummary} of each. */
final class ShardReader extends PieceReader<ShardSummary> {
  private static final long serialVersionUID = 1L;

  private transient SavedShard.Store shards;

  @Override
  public void open(final OpenContext context) {
    shards = new SavedShard.Store(getRuntimeContext());
  }

  @Override
  String model(final String key) {
    return SavedShard.model(key);
  }

  @Override
  public void readKey(final String key, final Context context, final Collector<ShardSummary> out)
      throws Exception {
    out.collect(summary(key));
  }

  private ShardSummary summary(final String key) throws Exception {
    final String model = SavedShard.model(key);
    try {
      return summary(model, shards.read());
    } catch (final MalformedImageException | IllegalArgumentException unreadable) {
      final String error = "shard " + SavedShard.number(key) + ": " + unreadable.getMessage();
      return new ShardSummary(model, error, 0, 0, 0, List.of());
    }
  }

  private static ShardSummary summary(final String model, final SavedShard saved) {
    if (saved.parts() == null) {
      return new ShardSummary(model, null, saved.tableBytes(), 0, 1, List.of());
    }
    final Shard shard = Division.lookAtShard(saved.parts());
    final List<Part> parts = shard.parts();
    final List<ModelSummary.ExpertSummary> experts = new ArrayList<>();
    long bytes = saved.tableBytes();
    int entries = 1;
    for (int p = 0; p < parts.size(); p++) {
      final long size = ModelReader.bytes(saved.parts(), p);
      bytes += saved.packed() ? 0 : size;
      entries += saved.packed() ? 0 : saved.parts().chunkCount(p);
      if (parts.get(p) instanceof Expert expert) {
        final Member member = shard.members().get(experts.size());
        experts.add(ModelSummary.ExpertSummary.of(member, expert.treeCounts(), size));
      }
    }
    return new ShardSummary(model, null, bytes, shard.sizeBytes(), entries, experts);
  }
}
