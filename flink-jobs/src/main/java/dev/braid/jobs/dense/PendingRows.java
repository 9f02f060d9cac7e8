package dev.braid.jobs.dense;

import dev.braid.jobs.operator.JobClock;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.streaming.api.operators.InternalTimerService;

/**
 * Rows of the current layer that wait for their labels, and labels that came before their events,
 * in keyed state. Both expire as they do in the learner, by the job's clock: that of a job which
 * was down finds everything still waiting, or a replay would learn from other rows.
 *
 * <p>An entry is the time at which it expires, then the row's numbers, or the label in UTF-8.
 */
final class PendingRows {
  private static final char ROW = 'r';
  private static final char LABEL = 'l';

  private final MapState<String, byte[]> rows;
  private final MapState<String, byte[]> labels;
  private final InternalTimerService<String> timers;
  private final JobClock clock;
  private final long waitMillis;

  /**
   * @param timers whose namespaces tell what is to expire
   * @param waitMillis for how long something waits
   */
  PendingRows(
      final KeyedStateStore store,
      final InternalTimerService<String> timers,
      final JobClock clock,
      final long waitMillis) {
    this.rows = store.getMapState(descriptor("pending-rows"));
    this.labels = store.getMapState(descriptor("early-labels"));
    this.timers = timers;
    this.clock = clock;
    this.waitMillis = waitMillis;
  }

  private static MapStateDescriptor<String, byte[]> descriptor(final String name) {
    return new MapStateDescriptor<>(
        name, StringSerializer.INSTANCE, BytePrimitiveArraySerializer.INSTANCE);
  }

  void add(final String id, final float[] row) throws Exception {
    final long expiresAt = clock.now() + waitMillis;
    final ByteBuffer entry = entry(expiresAt, row.length * Float.BYTES);
    entry.asFloatBuffer().put(row);
    rows.put(id, entry.array());
    setTimer(ROW + id, expiresAt);
  }

  /** The row that waits for the label with that id, which waits no more; null if there is none. */
  float[] takeRow(final String id) throws Exception {
    final ByteBuffer entry = take(rows, ROW, id);
    if (entry == null) {
      return null;
    }
    final float[] row = new float[entry.remaining() / Float.BYTES];
    entry.asFloatBuffer().get(row);
    return row;
  }

  /** Keeps a label; where one with that id waits already, that one. */
  void add(final String id, final String label) throws Exception {
    if (labels.contains(id)) {
      return;
    }
    final long expiresAt = clock.now() + waitMillis;
    final byte[] text = label.getBytes(StandardCharsets.UTF_8);
    labels.put(id, entry(expiresAt, text.length).put(text).array());
    setTimer(LABEL + id, expiresAt);
  }

  /** The label that waits for the event with that id, which waits no more; null if none does. */
  String takeLabel(final String id) throws Exception {
    final ByteBuffer entry = take(labels, LABEL, id);
    return entry == null ? null : StandardCharsets.UTF_8.decode(entry).toString();
  }

  /** A timer of the current layer fired: what it was set for is gone, goes, or still has time. */
  void onTimer(final String timer) throws Exception {
    final MapState<String, byte[]> entries = timer.charAt(0) == ROW ? rows : labels;
    final String id = timer.substring(1);
    final byte[] entry = entries.get(id);
    if (entry == null) {
      return;
    }
    final long expiresAt = ByteBuffer.wrap(entry).getLong();
    if (expiresAt > clock.now()) {
      setTimer(timer, expiresAt);
    } else {
      entries.remove(id);
    }
  }

  private static ByteBuffer entry(final long expiresAt, final int bytes) {
    return ByteBuffer.allocate(Long.BYTES + bytes).putLong(expiresAt);
  }

  private ByteBuffer take(final MapState<String, byte[]> entries, final char kind, final String id)
      throws Exception {
    final byte[] bytes = entries.get(id);
    if (bytes == null) {
      return null;
    }
    entries.remove(id);
    final ByteBuffer entry = ByteBuffer.wrap(bytes);
    timers.deleteProcessingTimeTimer(kind + id, clock.onTheWall(entry.getLong()));
    return entry;
  }

  private void setTimer(final String timer, final long expiresAt) {
    timers.registerProcessingTimeTimer(timer, clock.onTheWall(expiresAt));
  }
}
