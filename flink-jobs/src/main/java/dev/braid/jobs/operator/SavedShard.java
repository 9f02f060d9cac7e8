package dev.braid.jobs.operator;

import dev.braid.state.image.SavedParts;
import dev.braid.state.keyed.PartTable;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.ValueState;

/**
 * What keyed state holds of one shard of a model, for whoever reads savepoints.
 *
 * @param tableBytes of the table of its parts
 * @param packed whether the parts lie in the table
 * @param parts a header and the experts; null if the shard has met no event yet
 */
public record SavedShard(long tableBytes, boolean packed, SavedParts parts) {

  /** The number of a shard, by the key of its state. */
  public static int number(final String key) {
    return ShardKeys.shard(key);
  }

  /** The model that a shard belongs to, by the key of its state. */
  public static String model(final String key) {
    return ShardKeys.model(key);
  }

  /** Keyed state with shards in it. */
  public static final class Store {
    private final ValueState<byte[]> tables;
    private final MapState<Long, byte[]> chunks;

    public Store(final RuntimeContext context) {
      tables = context.getState(ModelStore.sessionsDescriptor());
      chunks = context.getMapState(ModelStore.chunksDescriptor());
    }

    /**
     * The shard of the current key.
     *
     * @throws dev.braid.state.image.MalformedImageException if its table cannot be read
     */
    public SavedShard read() throws Exception {
      final byte[] image = tables.value();
      final PartTable table = ShardStore.table(image);
      return new SavedShard(
          image == null ? 0 : image.length,
          table.isPacked(),
          table.isEmpty() ? null : table.load(chunks));
    }
  }
}
