package dev.braid.jobs.operator;

import dev.braid.router.Division;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.SavedParts;
import dev.braid.state.keyed.PartTable;
import dev.braid.state.keyed.WorkingSet;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.streaming.api.operators.KeyContext;

/** Shards in keyed state: one table per key, and the chunks of the experts. */
final class ShardStore implements WorkingSet.Store<String, ShardSession> {
  private final KeyContext context;
  private final Division division;
  private final int packBelow;
  private final ValueState<byte[]> tables;
  private final MapState<Long, byte[]> chunks;
  private final ImageWriter writer = new ImageWriter(4096);

  /**
   * @param context whose current key is changed for the time of a save, and given back
   * @param packBelow bytes up to which a shard lies in one entry
   */
  ShardStore(
      final KeyContext context,
      final KeyedStateStore store,
      final Division division,
      final int packBelow) {
    this.context = context;
    this.division = division;
    this.packBelow = packBelow;
    tables = store.getState(ModelStore.sessionsDescriptor());
    chunks = store.getMapState(ModelStore.chunksDescriptor());
  }

  @Override
  public ShardSession load(final String key) throws Exception {
    final Object current = context.getCurrentKey();
    context.setCurrentKey(key);
    try {
      final PartTable table = table(tables.value());
      final SavedParts saved = table.isEmpty() ? null : table.load(chunks);
      final ShardSession session = new ShardSession(key, division, table, saved);
      if (saved != null) {
        table.attach(session.parts());
      }
      return session;
    } finally {
      leave(current);
    }
  }

  /**
   * The table in an image.
   *
   * @param image null for a new one
   */
  static PartTable table(final byte[] image) {
    if (image == null) {
      return new PartTable();
    }
    final ImageReader in = new ImageReader(image);
    final PartTable table = PartTable.read(in);
    in.end();
    return table;
  }

  @Override
  public void save(final String key, final ShardSession session) throws Exception {
    final Object current = context.getCurrentKey();
    context.setCurrentKey(key);
    try {
      session.table().save(session.parts(), chunks, packBelow, writer.reset());
      tables.update(writer.toByteArray());
    } finally {
      leave(current);
    }
  }

  /** Takes the current key's shard back to what was saved last. */
  void restore(final ShardSession session) throws Exception {
    final PartTable table = table(tables.value());
    final SavedParts saved = table.isEmpty() ? null : table.load(chunks);
    session.restore(table, saved);
    if (saved != null) {
      table.attach(session.parts());
    }
  }

  /** Removes the current key's shard. */
  void remove() throws Exception {
    tables.clear();
    chunks.clear();
  }

  private void leave(final Object key) {
    if (key != null) {
      context.setCurrentKey(key);
    }
  }
}
