package dev.braid.jobs.operator;

import dev.braid.connectors.LabelRecord;
import java.util.Iterator;
import java.util.function.Consumer;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.typeutils.base.ByteSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.streaming.api.operators.InternalTimerService;

/**
 * Where events wait for their labels and labels for their events, by id, and where ids are
 * remembered. All of it is keyed state of the current model key.
 *
 * <p>The counts in {@link SessionState} say whether anybody waits at all, so that a stream whose
 * events bring their labels costs no look-up.
 */
final class PendingStore {
  /** Name of the keyed state with the labels that wait. */
  static final String LABELS = "pending-labels";

  private static final char EVENT = 'e';
  private static final char LABEL = 'l';
  private static final byte SEEN = 1;

  private final JobClock clock;
  private final long waitMillis;
  private final InternalTimerService<String> timers;
  private final MapState<String, PendingEvent> events;
  private final MapState<String, PendingLabel> labels;
  private final MapState<String, Byte> seen;

  /**
   * @param timers whose namespaces {@link #onTimer} tells apart
   * @param clock by which is waited
   * @param waitMillis how long to wait
   * @param rememberIds how long ids are remembered, or null for not at all
   */
  PendingStore(
      final KeyedStateStore store,
      final InternalTimerService<String> timers,
      final JobClock clock,
      final long waitMillis,
      final StateTtlConfig rememberIds) {
    this.timers = timers;
    this.clock = clock;
    this.waitMillis = waitMillis;
    events =
        store.getMapState(
            new MapStateDescriptor<>(
                "pending-events", StringSerializer.INSTANCE, new PendingEventSerializer()));
    labels =
        store.getMapState(
            new MapStateDescriptor<>(
                LABELS, StringSerializer.INSTANCE, new PendingLabelSerializer()));
    seen = rememberIds == null ? null : seen(store, rememberIds);
  }

  private static MapState<String, Byte> seen(
      final KeyedStateStore store, final StateTtlConfig rememberIds) {
    final MapStateDescriptor<String, Byte> descriptor =
        new MapStateDescriptor<>("seen-ids", StringSerializer.INSTANCE, ByteSerializer.INSTANCE);
    descriptor.enableTimeToLive(rememberIds);
    return store.getMapState(descriptor);
  }

  /** Whether an event with that id is known, as one that waits or as one that was there. */
  boolean knows(final String id, final SessionState state) throws Exception {
    return (state.pendingEvents > 0 && events.contains(id)) || (seen != null && seen.contains(id));
  }

  /** Remembers the id of an event that was predicted. */
  void remember(final String id) throws Exception {
    if (seen != null) {
      seen.put(id, SEEN);
    }
  }

  /** The time at which something that comes now stops waiting. */
  long deadline() {
    return clock.now() + waitMillis;
  }

  void add(final String id, final PendingEvent event, final SessionState state) throws Exception {
    events.put(id, event);
    setTimer(EVENT + id, event.expiresAt());
    state.pendingEvents++;
  }

  /** The event that waits for the label with that id, or null. */
  PendingEvent event(final String id, final SessionState state) throws Exception {
    return state.pendingEvents == 0 ? null : events.get(id);
  }

  /** Lets an event go, because its label came. */
  void release(final String id, final PendingEvent event, final SessionState state)
      throws Exception {
    events.remove(id);
    timers.deleteProcessingTimeTimer(EVENT + id, clock.onTheWall(event.expiresAt()));
    state.pendingEvents--;
  }

  void add(final LabelRecord label, final SessionState state) throws Exception {
    final long deadline = deadline();
    labels.put(label.id(), new PendingLabel(label, deadline));
    setTimer(LABEL + label.id(), deadline);
    state.pendingLabels++;
  }

  /** The label that waits for the event with that id, or null. */
  PendingLabel label(final String id, final SessionState state) throws Exception {
    return state.pendingLabels == 0 ? null : labels.get(id);
  }

  /** Lets a label go, because its event came. */
  void release(final String id, final PendingLabel label, final SessionState state)
      throws Exception {
    labels.remove(id);
    timers.deleteProcessingTimeTimer(LABEL + id, clock.onTheWall(label.expiresAt()));
    state.pendingLabels--;
  }

  private void setTimer(final String timer, final long time) {
    timers.registerProcessingTimeTimer(timer, clock.onTheWall(time));
  }

  /**
   * A timer of the current key fired. What it was set for may be gone, may still have time, because
   * the job was down meanwhile, or is let go.
   *
   * @param timer its namespace
   * @return what was let go, or null
   */
  Expired onTimer(final String timer) throws Exception {
    final String id = id(timer);
    if (timer.charAt(0) == EVENT) {
      final PendingEvent event = events.get(id);
      if (event == null || stillWaits(timer, event.expiresAt())) {
        return null;
      }
      events.remove(id);
      return Expired.EVENT;
    }
    final PendingLabel label = labels.get(id);
    if (label == null || stillWaits(timer, label.expiresAt())) {
      return null;
    }
    labels.remove(id);
    return new Expired(label.record());
  }

  /** The id that a timer is about. */
  static String id(final String timer) {
    return timer.substring(1);
  }

  private boolean stillWaits(final String timer, final long expiresAt) {
    final boolean waits = expiresAt > clock.now();
    if (waits) {
      setTimer(timer, expiresAt);
    }
    return waits;
  }

  /**
   * What did not come in time.
   *
   * @param label as a record again, or null if it was an event
   */
  record Expired(LabelRecord label) {
    static final Expired EVENT = new Expired(null);

    /** Counts it among what its model waited for in vain. */
    void count(final SessionState state) {
      if (label == null) {
        state.pendingEvents--;
        state.expiredEvents++;
      } else {
        state.pendingLabels--;
        state.expiredLabels++;
      }
    }
  }

  /**
   * Lets all labels of the current key go, as records again, one by one.
   *
   * @return how many there were
   */
  long dismissLabels(final Consumer<LabelRecord> sink) throws Exception {
    long dismissed = 0;
    final Iterator<PendingLabel> each = labels.values().iterator();
    while (each.hasNext()) {
      sink.accept(each.next().record());
      each.remove();
      dismissed++;
    }
    return dismissed;
  }
}
