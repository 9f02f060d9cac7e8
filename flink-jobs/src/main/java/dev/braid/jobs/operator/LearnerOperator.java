package dev.braid.jobs.operator;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.Origin;
import dev.braid.connectors.PredictionRecord;
import dev.braid.jobs.config.LearnerConfig;
import dev.braid.jobs.operator.ModelSession.Refusal;
import dev.braid.jobs.publish.Moment;
import dev.braid.state.keyed.WorkingSet;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.taskmanager.TaskManagerRuntimeInfo;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Keeps one learner per model key: predicts each event, then learns from its label, and gives out
 * one prediction or one dead letter per event. Late labels and their events meet here.
 *
 * <p>Hot models are heap objects. They go to keyed state at checkpoints and when they make room,
 * and only the chunks that changed, so that whatever influences a later prediction is in the
 * checkpoint. That needs an operator that sets the key itself: a {@code KeyedProcessFunction}
 * cannot write under another key than the current one.
 */
abstract class LearnerOperator extends AbstractStreamOperator<PredictionRecord>
    implements Triggerable<String, String> {
  private static final long serialVersionUID = 1L;

  /** Models loaded at a restart, before their next event, so that their gauges stand again. */
  private static final int WARM_MODELS = 16;

  private static final long GAUGE_MILLIS = 1_000;

  private final LearnerConfig learnerConfig;

  private transient Outputs sides;
  private transient WorkingSet<String, ModelSession> models;
  private transient ModelStore store;
  private transient JobClock clock;
  private transient IdleModels idle;
  private transient ModelPublisher publisher;
  private transient PendingStore pending;
  private transient LearnerGauges gauges;
  private transient ScheduledFuture<?> gaugeTimer;
  private transient long lastCheckpoint;
  private transient Counter duplicates;
  private transient Counter growthRefused;
  private transient Counter learnerFailures;

  LearnerOperator(final LearnerConfig learnerConfig) {
    this.learnerConfig = learnerConfig;
  }

  @Override
  public void initializeState(final StateInitializationContext context) throws Exception {
    super.initializeState(context);
    final OperatorStateStore store = context.getOperatorStateStore();
    final SessionSettings settings = SessionSettings.of(learnerConfig);
    SpecGuard.check(store, settings.learner(), settings.schema().target());
    PredictionsGuard.check(store, learnerConfig);
    clock = JobClock.restore(store, getProcessingTimeService()::getCurrentProcessingTime);
    if (!learnerConfig.modelsTopic().isEmpty()) {
      final TaskInfo task = getRuntimeContext().getTaskInfo();
      publisher =
          ModelPublisher.restore(
              store,
              getRuntimeContext().getJobInfo().getJobId().toString(),
              learnerConfig.modelsTopic(),
              task.getIndexOfThisSubtask(),
              task.getNumberOfParallelSubtasks());
    }
    idle = IdleModels.restore(store, learnerConfig.state().expireAfter().toMillis());
  }

  @Override
  public void open() throws Exception {
    super.open();
    sides = outputs();
    final SessionSettings settings = SessionSettings.of(learnerConfig);
    final TaskManagerRuntimeInfo taskManager =
        getContainingTask().getEnvironment().getTaskManagerInfo();
    store =
        new ModelStore(
            this,
            getKeyedStateStore(),
            settings,
            learners(settings),
            new ModelBudget(
                settings.learner(),
                HeapShare.ofModel(learnerConfig.limits().modelBytes(), taskManager)),
            learnerConfig.state().packBelow());
    if (publisher != null) {
      store.noteChanges(publisher.changed());
    }
    models = new WorkingSet<>(HeapShare.of(learnerConfig.state().workingSet(), taskManager), store);
    final InternalTimerService<String> timers =
        getInternalTimerService("pending", StringSerializer.INSTANCE, this);
    pending =
        new PendingStore(
            getKeyedStateStore(),
            timers,
            clock,
            learnerConfig.labels().maxWait().toMillis(),
            rememberIds(learnerConfig.state().deduplicateFor()));
    try (Stream<String> keys = keys(ModelStore.SESSIONS)) {
      idle.open(clock, timers, models, store, keys);
    }
    warmUp();
    gauges = new LearnerGauges(modelMetrics(), models, store, idle::expired);
    final MetricGroup group = getMetricGroup().addGroup("braid");
    duplicates = group.counter("duplicates");
    growthRefused = group.counter("growth_refused");
    learnerFailures = group.counter("learner_failures");
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

  /** Where what comes of the records goes. */
  Outputs outputs() {
    return new Sides(output, () -> lastCheckpoint);
  }

  /** Where the learners of the models come from. */
  Learners learners(final SessionSettings settings) {
    return Learners.of(settings.learner());
  }

  /** Where the gauges of the models belong. */
  MetricGroup modelMetrics() {
    return getMetricGroup();
  }

  /** Most that a model may take here. */
  final long modelBytes() {
    return HeapShare.ofModel(
        learnerConfig.limits().modelBytes(),
        getContainingTask().getEnvironment().getTaskManagerInfo());
  }

  /**
   * An event was processed.
   *
   * @param label that it was learned with, or null
   * @param waits whether it waits for its label from here on
   * @param early the record of that label if it waited for the event, or null
   * @param state of its model
   */
  void processed(
      final Event event,
      final String label,
      final boolean waits,
      final LabelRecord early,
      final SessionState state) {}

  /** A late label was learned. */
  void learned(final LabelRecord label) {}

  /** A learner failed at a record of a model. */
  void failed(final String key) {}

  /** An event waited in vain for its label. */
  void expired(final String key, final String id) {}

  /** A model idled for too long and is gone. */
  void dropped(final String key) {}

  /** Whether the labels of events that bring none can still come. */
  abstract boolean labelsCome();

  /** One event of the current key. */
  final void onEvent(final Event event) throws Exception {
    final ModelSession model = models.use(event.key());
    final SessionState state = model.state();
    if (pending.knows(event.id(), state)) {
      duplicates.inc();
      sides.deadLetter(new DeadLetter(event.origin(), "duplicate id '" + event.id() + "'"));
      return;
    }
    final Refusal refusal = model.refusal(event, event.label());
    if (refusal != null) {
      refuse(event.origin(), refusal);
      leaveNoTrace(event.key(), model);
      return;
    }
    final PendingLabel early = pending.label(event.id(), state);
    if (early != null) {
      pending.release(event.id(), early, state);
    }
    final String label = label(event, early, model);
    try {
      model.process(event, label, sides);
    } catch (final LearnerFailure failure) {
      failed(event.key());
      restore(event.key(), model, failure);
      sides.deadLetter(new DeadLetter(event.origin(), failure.getMessage()));
      leaveNoTrace(event.key(), model);
      if (early != null && label != null) {
        deadLetter(early, "the event with id '" + event.id() + "' went to the dead letters");
      }
      return;
    }
    final boolean waits = label == null && labelsCome();
    final boolean isEarly = early != null && label != null && event.label() == null;
    processed(event, label, waits, isEarly ? early.record() : null, state);
    idle.used(state);
    pending.remember(event.id());
    if (waits) {
      final int mostBytes = learnerConfig.labels().predictionBytes();
      pending.add(event.id(), model.pending(pending.deadline(), mostBytes), state);
    }
    try {
      model.learnTypes(event, state.events, sides);
    } catch (final LearnerFailure failure) {
      restore(event.key(), model, failure);
    }
  }

  /**
   * The label an event brings, else the one that came before it, else null.
   *
   * @param early the one that came before it, or null; it waits no longer
   */
  private String label(final Event event, final PendingLabel early, final ModelSession model) {
    if (early == null) {
      return event.label();
    }
    if (event.label() != null) {
      deadLetter(early, "the event with id '" + event.id() + "' brought its own label");
      return event.label();
    }
    final Refusal refusal = model.refusalWithEvent(early.record().label());
    if (refusal == null) {
      return early.record().label();
    }
    refuse(early.record().origin(), refusal);
    return null;
  }

  private void deadLetter(final PendingLabel label, final String reason) {
    sides.deadLetter(new DeadLetter(label.record().origin(), reason));
  }

  private void refuse(final Origin origin, final Refusal refusal) {
    if (refusal.growth()) {
      growthRefused.inc();
    }
    sides.deadLetter(new DeadLetter(origin, refusal.reason()));
  }

  /** A model that was made for a record which it then refused is not kept. */
  private void leaveNoTrace(final String key, final ModelSession model) {
    if (model.isNew()) {
      models.drop(key);
    }
  }

  /**
   * A learner threw: it goes on as it was saved last, since it may have learned half of a record.
   */
  private void restore(final String key, final ModelSession model, final LearnerFailure failure)
      throws Exception {
    if (learnerFailures.getCount() == 0) {
      LOG.warn("Model '{}' goes on as it was saved last, for it failed on a record.", key, failure);
    }
    learnerFailures.inc();
    store.restore(key, model);
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
    final Refusal refusal = model.refusal(label.label());
    if (refusal != null) {
      refuse(label.origin(), refusal);
      return;
    }
    pending.release(label.id(), event, state);
    try {
      model.learnLate(event, label.label(), label.timestamp(), sides);
      learned(label);
    } catch (final LearnerFailure failure) {
      failed(label.key());
      restore(label.key(), model, failure);
      sides.deadLetter(new DeadLetter(label.origin(), failure.getMessage()));
    }
  }

  @Override
  public void onProcessingTime(final InternalTimer<String, String> timer) throws Exception {
    final String key = timer.getKey();
    if (timer.getNamespace().equals(IdleModels.TIMER)) {
      final long before = idle.expired();
      idle.onTimer(key);
      if (idle.expired() > before) {
        dropped(key);
      }
      return;
    }
    final PendingStore.Expired expired = pending.onTimer(timer.getNamespace());
    if (expired == null) {
      return;
    }
    count(key, expired::count);
    if (expired.label() == null) {
      expired(key, PendingStore.id(timer.getNamespace()));
    } else {
      deadLetter(expired.label(), "came within " + shown(learnerConfig.labels().maxWait()));
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

  /**
   * What is published goes out before the barrier, since it is to be committed with this
   * checkpoint; until the snapshot nothing else is processed.
   */
  @Override
  public void prepareSnapshotPreBarrier(final long checkpoint) throws Exception {
    super.prepareSnapshotPreBarrier(checkpoint);
    publish(checkpoint);
  }

  private void publish(final long checkpoint) throws Exception {
    if (publisher != null) {
      models.saveAll();
      publisher.publish(
          checkpoint,
          getProcessingTimeService().getCurrentProcessingTime(),
          store,
          () -> keys(ModelStore.SESSIONS),
          record -> output.collect(SideOutputs.MODELS, new StreamRecord<>(record)));
    }
  }

  @Override
  public void snapshotState(final StateSnapshotContext context) throws Exception {
    models.saveAll();
    clock.save();
    gauges.refresh();
    super.snapshotState(context);
  }

  @Override
  public void notifyCheckpointComplete(final long checkpoint) throws Exception {
    super.notifyCheckpointComplete(checkpoint);
    lastCheckpoint = getProcessingTimeService().getCurrentProcessingTime();
  }

  /** What the gauges show, as of now. */
  final LearnerGauges.Figures figures() {
    gauges.refresh();
    return gauges.figures();
  }

  /** Records refused because their model would have grown too large. */
  final long growthRefused() {
    return growthRefused.getCount();
  }

  /** How often a learner threw. */
  final long learnerFailures() {
    return learnerFailures.getCount();
  }

  private void dismissLabels(final String key) throws Exception {
    setCurrentKey(key);
    final long lonely =
        pending.dismissLabels(label -> deadLetter(label, "came before the input ended"));
    if (lonely > 0) {
      count(
          key,
          state -> {
            state.pendingLabels -= lonely;
            state.expiredLabels += lonely;
          });
    }
  }

  /** The input has ended for good: no event will come for the labels that wait. */
  @Override
  public void finish() throws Exception {
    // One by one, as they lie in the state backend: there may be more than the heap holds, of keys
    // as well as of the labels of one.
    try (Stream<String> keys = keys(PendingStore.LABELS)) {
      final Iterator<String> each = keys.iterator();
      String last = null;
      while (each.hasNext()) {
        final String key = each.next();
        if (!key.equals(last)) { // One that comes again has nothing left, which is slow to see.
          dismissLabels(key);
        }
        last = key;
      }
    }
    publish(Moment.END); // No record may follow the end of the input.
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
