package dev.braid.jobs.operator;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.DriftRecord;
import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.PredictionRecord;
import dev.braid.jobs.config.JobConfig;
import dev.braid.state.keyed.WorkingSet;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Keeps one learner per model key: predicts each event, then learns from its label, and gives out
 * one prediction or one dead letter per event. Late labels and their events meet here.
 *
 * <p>Hot models are heap objects. They go to keyed state at checkpoints and when they make room,
 * and only the blocks that changed, so that whatever influences a later prediction is in the
 * checkpoint. That needs an operator that sets the key itself: a {@code KeyedProcessFunction}
 * cannot write under another key than the current one.
 */
abstract class LearnerOperator extends AbstractStreamOperator<PredictionRecord>
    implements Triggerable<String, String> {
  private static final long serialVersionUID = 1L;

  /** Models loaded at a restart, before their next event, so that their gauges stand again. */
  private static final int WARM_MODELS = 16;

  private static final long GAUGE_MILLIS = 1_000;

  private final JobConfig jobConfig;

  private transient Sides sides;
  private transient WorkingSet<String, ModelSession> models;
  private transient ModelStore store;
  private transient JobClock clock;
  private transient IdleModels idle;
  private transient PendingStore pending;
  private transient LearnerGauges gauges;
  private transient ScheduledFuture<?> gaugeTimer;
  private transient Counter duplicates;

  LearnerOperator(final JobConfig jobConfig) {
    this.jobConfig = jobConfig;
  }

  /** Sends records where they belong. */
  private final class Sides implements Outputs {
    private final StreamRecord<PredictionRecord> main = new StreamRecord<>(null);

    @Override
    public void prediction(final PredictionRecord record) {
      output.collect(main.replace(record, record.timestamp()));
    }

    @Override
    public void metrics(final MetricsRecord record) {
      side(SideOutputs.METRICS, record, record.timestamp());
    }

    @Override
    public void drift(final DriftRecord record) {
      side(SideOutputs.DRIFT, record, record.timestamp());
    }

    @Override
    public void deadLetter(final DeadLetter record) {
      output.collect(SideOutputs.DEAD_LETTERS, new StreamRecord<>(record));
    }

    private <T> void side(final OutputTag<T> tag, final T record, final long timestamp) {
      output.collect(tag, new StreamRecord<>(record, timestamp));
    }
  }

  @Override
  public void initializeState(final StateInitializationContext context) throws Exception {
    super.initializeState(context);
    final OperatorStateStore store = context.getOperatorStateStore();
    SpecGuard.check(store, SessionSettings.of(jobConfig).learner());
    VotesGuard.check(store, jobConfig);
    clock = JobClock.restore(store, getProcessingTimeService()::getCurrentProcessingTime);
    idle = IdleModels.restore(store, jobConfig.state().expireAfter().toMillis());
  }

  @Override
  public void open() throws Exception {
    super.open();
    sides = new Sides();
    store =
        new ModelStore(
            this,
            getKeyedStateStore(),
            SessionSettings.of(jobConfig),
            jobConfig.state().packBelow());
    models =
        new WorkingSet<>(
            HeapShare.of(
                jobConfig.state().workingSet(),
                getContainingTask().getEnvironment().getTaskManagerInfo()),
            store);
    final InternalTimerService<String> timers =
        getInternalTimerService("pending", StringSerializer.INSTANCE, this);
    pending =
        new PendingStore(
            getKeyedStateStore(),
            timers,
            clock,
            jobConfig.labels().maxWait().toMillis(),
            rememberIds(jobConfig.state().deduplicateFor()));
    try (Stream<String> keys = keys(ModelStore.SESSIONS)) {
      idle.open(clock, timers, models, store, keys);
    }
    warmUp();
    gauges = new LearnerGauges(getMetricGroup(), models, store, idle);
    duplicates = getMetricGroup().addGroup("braid").counter("duplicates");
    gauges.refresh();
    gaugeTimer =
        getProcessingTimeService()
            .scheduleWithFixedDelay(time -> gauges.refresh(), GAUGE_MILLIS, GAUGE_MILLIS);
  }

  private static StateTtlConfig rememberIds(final Duration time) {
    return time.isZero() ? null : StateTtlConfig.newBuilder(time).build();
  }

  /** Keys that have something in a keyed state; more than once where that is a map. */
  private Stream<String> keys(final String state) {
    return this.<String>getKeyedStateBackend().getKeys(state, VoidNamespace.INSTANCE);
  }

  private void warmUp() throws Exception {
    final List<String> some;
    try (Stream<String> keys = keys(ModelStore.SESSIONS)) {
      some = keys.limit(WARM_MODELS).toList();
    }
    for (final String key : some) {
      models.use(key);
    }
  }

  /** Whether the labels of events that bring none can still come. */
  abstract boolean labelsCome();

  /** One event of the current key. */
  final void onEvent(final Event event) throws Exception {
    final ModelSession model = models.use(event.key());
    final SessionState state = model.state();
    idle.used(state);
    final boolean known = pending.knows(event.id(), state);
    if (known) {
      duplicates.inc();
    }
    final String reason =
        known ? "duplicate id '" + event.id() + "'" : model.refusal(event, event.label());
    if (reason != null) {
      sides.deadLetter(new DeadLetter(event.origin(), reason));
      return;
    }
    final String label = label(event, model);
    model.process(event, label, sides);
    pending.remember(event.id());
    if (label == null && labelsCome()) {
      final int mostBytes = jobConfig.labels().opinionBytes();
      pending.add(event.id(), model.pending(pending.deadline(), mostBytes), state);
    }
  }

  /** The label an event brings, else the one that came before it, else null. */
  private String label(final Event event, final ModelSession model) throws Exception {
    final PendingLabel early = pending.label(event.id(), model.state());
    if (early == null) {
      return event.label();
    }
    pending.release(event.id(), early, model.state());
    final String reason =
        event.label() == null
            ? model.refusal(early.label())
            : "the event with id '" + event.id() + "' brought its own label";
    if (reason == null) {
      return early.label();
    }
    sides.deadLetter(new DeadLetter(PendingStore.origin(early), reason));
    return event.label();
  }

  /** One label of the current key that did not come with its event. */
  final void onLabel(final LabelRecord label) throws Exception {
    final ModelSession model = models.use(label.key());
    final SessionState state = model.state();
    idle.used(state);
    final PendingEvent event = pending.event(label.id(), state);
    if (event == null) {
      if (pending.label(label.id(), state) == null) {
        pending.add(label, state);
      } else {
        final String reason = "another label for id '" + label.id() + "' waits already";
        sides.deadLetter(new DeadLetter(label.origin(), reason));
      }
      return;
    }
    final String reason = model.refusal(label.label());
    if (reason != null) {
      sides.deadLetter(new DeadLetter(label.origin(), reason));
      return;
    }
    pending.release(label.id(), event, state);
    model.learnLate(event, label.label(), label.timestamp(), sides);
  }

  @Override
  public void onProcessingTime(final InternalTimer<String, String> timer) throws Exception {
    final String key = timer.getKey();
    if (timer.getNamespace().equals(IdleModels.TIMER)) {
      idle.onTimer(key);
      return;
    }
    final PendingStore.Expired expired = pending.onTimer(timer.getNamespace(), key);
    if (expired == null) {
      return;
    }
    count(key, expired::count);
    if (expired.label() != null) {
      deadLetter(expired.label(), "came within " + shown(jobConfig.labels().maxWait()));
    }
  }

  /** Changes the counts of a model, without loading it where it is not hot. */
  private void count(final String key, final Consumer<SessionState> change) throws Exception {
    final ModelSession hot = models.useIfHot(key);
    if (hot == null) {
      store.amend(key, change::accept);
    } else {
      change.accept(hot.state());
    }
  }

  private void deadLetter(final LabelRecord label, final String came) {
    sides.deadLetter(
        new DeadLetter(label.origin(), "no event with id '" + label.id() + "' " + came));
  }

  /** A duration as people write it: 1h, 90s is 1m30s. */
  private static String shown(final Duration duration) {
    return duration.toString().substring(2).toLowerCase(Locale.ROOT);
  }

  @Override
  public void onEventTime(final InternalTimer<String, String> timer) {
    throw new IllegalStateException("nothing here waits for event time");
  }

  @Override
  public void snapshotState(final StateSnapshotContext context) throws Exception {
    models.saveAll();
    clock.save();
    gauges.refresh();
    super.snapshotState(context);
  }

  /** What the gauges show, as of now. */
  final LearnerGauges.Figures figures() {
    gauges.refresh();
    return gauges.figures();
  }

  /** The input has ended for good: no event will come for the labels that wait. */
  @Override
  public void finish() throws Exception {
    final Set<String> keys;
    try (Stream<String> some = keys(PendingStore.LABELS)) {
      keys = some.collect(Collectors.toCollection(LinkedHashSet::new));
    }
    for (final String key : keys) {
      setCurrentKey(key);
      final List<LabelRecord> lonely = pending.dismissLabels(key);
      lonely.forEach(label -> deadLetter(label, "came before the input ended"));
      count(
          key,
          state -> {
            state.pendingLabels -= lonely.size();
            state.expiredLabels += lonely.size();
          });
    }
    gauges.refresh();
    super.finish();
  }

  @Override
  public void close() throws Exception {
    if (gaugeTimer != null) {
      gaugeTimer.cancel(false);
    }
    super.close();
  }
}
