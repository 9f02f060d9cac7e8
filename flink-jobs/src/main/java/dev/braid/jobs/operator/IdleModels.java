package dev.braid.jobs.operator;

import dev.braid.state.keyed.WorkingSet;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.streaming.api.operators.InternalTimerService;

/**
 * Drops models that nothing has used for a time, without loading them.
 *
 * <p>Each model has one timer. Using a model moves no timer: when the timer fires, the model's
 * session says when it was used last, and either the model goes or the timer is set anew.
 */
final class IdleModels {
  /** Namespace of the timers among those of {@link PendingStore}. */
  static final String TIMER = "m";

  private final long expireMillis;
  private final ListState<Long> kept;
  private final boolean timersMissing;
  private JobClock clock;
  private InternalTimerService<String> timers;
  private WorkingSet<String, ModelSession> models;
  private ModelStore store;
  private long expired;

  private IdleModels(
      final long expireMillis, final ListState<Long> kept, final boolean timersMissing) {
    this.expireMillis = expireMillis;
    this.kept = kept;
    this.timersMissing = timersMissing;
  }

  /**
   * @param expireMillis how long a model may idle by the job's clock, 0 for ever
   */
  static IdleModels restore(final OperatorStateStore store, final long expireMillis)
      throws Exception {
    // What the timers in the checkpoint were set by; a run without expiry leaves models without.
    final ListState<Long> kept =
        store.getUnionListState(new ListStateDescriptor<>("idle", LongSerializer.INSTANCE));
    boolean same = false;
    for (final long saved : kept.get()) {
      same = saved == expireMillis;
      if (!same) {
        break;
      }
    }
    return new IdleModels(expireMillis, kept, !same);
  }

  /** Names what else is needed, and gives models a timer that have none. */
  void open(
      final JobClock jobClock,
      final InternalTimerService<String> timerService,
      final WorkingSet<String, ModelSession> workingSet,
      final ModelStore modelStore,
      final Stream<String> allKeys)
      throws Exception {
    clock = jobClock;
    timers = timerService;
    models = workingSet;
    store = modelStore;
    if (expireMillis > 0 && timersMissing) {
      // Keys alone, a few bytes each, and no look into the models: there may be millions. When a
      // model was used last is asked for when its timer fires.
      final long first = clock.now() + expireMillis;
      for (final String key : allKeys.toList()) {
        store.under(key, () -> setTimer(first));
      }
    }
    kept.update(List.of(expireMillis));
  }

  private void setTimer(final long time) {
    timers.registerProcessingTimeTimer(TIMER, clock.onTheWall(time));
  }

  /** The current key's model is used. */
  void used(final SessionState state) {
    final long now = clock.now();
    if (expireMillis > 0 && state.lastUsed == 0) {
      setTimer(now + expireMillis);
    }
    state.lastUsed = now;
  }

  /** The timer of the current key's model fired. */
  void onTimer(final String key) throws Exception {
    if (expireMillis == 0) {
      return;
    }
    final SessionState state = store.peek(key, models);
    if (state == null) {
      return;
    }
    final long now = clock.now();
    if (state.pendingEvents + state.pendingLabels > 0) {
      setTimer(now + expireMillis);
    } else if (state.lastUsed + expireMillis > now) {
      setTimer(state.lastUsed + expireMillis);
    } else {
      models.drop(key);
      store.remove(key);
      expired++;
    }
  }

  /** Models dropped since the task started. */
  long expired() {
    return expired;
  }
}
