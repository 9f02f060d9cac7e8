package dev.braid.jobs.operator;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.Origin;
import dev.braid.connectors.PredictionRecord;
import dev.braid.data.Schema;
import dev.braid.jobs.config.LearnerConfig;
import dev.braid.router.Division;
import dev.braid.router.Learner;
import dev.braid.state.image.SavedParts;
import dev.braid.state.keyed.WorkingSet;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * The half of divided models that makes one prediction of what all shards say, and tells what came
 * of it: predictions, metrics and drift, as {@link LearnerOperator} does. Follows the orders of the
 * {@link SequencerOperator}, each of them once all shards have answered. Keyed by model.
 */
public final class CombinerOperator extends AbstractStreamOperator<PredictionRecord>
    implements TwoInputStreamOperator<OrderBatch, AnswerBatch, PredictionRecord> {
  private static final long serialVersionUID = 1L;

  private static final long GAUGE_MILLIS = 1_000;

  /** Models whose answers are remembered while nothing of them waits. */
  private static final int MOST_MODELS = 10_000;

  private final LearnerConfig learnerConfig;
  private final int shards;
  private transient Outputs sides;
  private transient ModelBudget budget;
  private transient ModelStore store;
  private transient WorkingSet<String, ModelSession> models;
  private transient MapState<String, PendingEvent> pending;
  private transient Map<String, ModelAnswers> answers;
  private transient ShardTimes times;
  private transient LearnerGauges gauges;
  private transient ScheduledFuture<?> gaugeTimer;
  private transient Counter failures;
  private transient long lastCheckpoint;

  /**
   * @param config checked
   * @param shards of each model
   */
  public CombinerOperator(final LearnerConfig config, final int shards) {
    this.learnerConfig = config;
    this.shards = shards;
  }

  @Override
  public void open() throws Exception {
    super.open();
    final SessionSettings settings = SessionSettings.of(learnerConfig);
    sides = new Sides(output, () -> lastCheckpoint);
    budget = ModelBudget.ofSchemaAlone(settings.learner());
    answers = new HashMap<>();
    store =
        new ModelStore(
            this,
            getKeyedStateStore(),
            settings,
            learners(settings),
            budget,
            learnerConfig.state().packBelow());
    models =
        new WorkingSet<>(
            HeapShare.of(
                learnerConfig.state().workingSet(),
                getContainingTask().getEnvironment().getTaskManagerInfo()),
            store);
    pending =
        getKeyedStateStore()
            .getMapState(
                new MapStateDescriptor<>(
                    "pending-events", StringSerializer.INSTANCE, new PendingEventSerializer()));
    gauges = new LearnerGauges(getMetricGroup(), models, store, () -> 0);
    failures = getMetricGroup().addGroup("braid").counter("learner_failures");
    times = new ShardTimes(getMetricGroup().addGroup("braid"), shards);
    gauges.refresh();
    gaugeTimer =
        getProcessingTimeService()
            .scheduleWithFixedDelay(time -> gauges.refresh(), GAUGE_MILLIS, GAUGE_MILLIS);
  }

  private Learners learners(final SessionSettings settings) {
    final Division division = Division.of(settings.learner(), settings.schema().target(), shards);
    return new Learners() {
      @Override
      public Learner open(final String key, final Schema schema) {
        return division.openCombined(schema, answers(key));
      }

      @Override
      public Learner read(final String key, final SavedParts parts) {
        return division.readCombined(parts, answers(key));
      }
    };
  }

  private ModelAnswers answers(final String key) {
    if (answers.size() >= MOST_MODELS && !answers.containsKey(key)) {
      answers
          .entrySet()
          .removeIf(each -> each.getValue().isEmpty() && models.peek(each.getKey()) == null);
    }
    return answers.computeIfAbsent(key, model -> new ModelAnswers(shards));
  }

  @Override
  public void processElement1(final StreamRecord<OrderBatch> element) throws Exception {
    final OrderBatch batch = element.getValue();
    budget.limit(batch.modelBytes());
    final ModelAnswers answered = answers(batch.model());
    batch.orders().forEach(answered::add);
    follow(batch.model(), answered);
  }

  @Override
  public void processElement2(final StreamRecord<AnswerBatch> element) throws Exception {
    final AnswerBatch batch = element.getValue();
    final ModelAnswers answered = answers(batch.model());
    answered.add(batch);
    times.add(batch, answered, System.nanoTime());
    follow(batch.model(), answered);
  }

  private void follow(final String key, final ModelAnswers answered) throws Exception {
    for (Order order = answered.next(); order != null; order = answered.next()) {
      final int rest = answered.available() - order.tasks();
      follow(key, order, answered.failure(order.tasks()));
      answered.skipTo(rest);
    }
  }

  /**
   * @param failure why an expert failed at the record, or null
   */
  private void follow(final String key, final Order order, final String failure) throws Exception {
    switch (order.kind()) {
      case EVENT -> event((Event) order.record(), order, failure);
      case LABEL -> label((LabelRecord) order.record(), failure);
      case EXPIRED -> expired(key, order.text());
      case DROPPED -> dropped(key);
      case NOTHING -> {}
    }
  }

  private void event(final Event event, final Order order, final String failure) throws Exception {
    final ModelSession model = models.use(event.key());
    model.state().pendingLabels = order.pendingLabels();
    model.state().expiredLabels = order.expiredLabels();
    final String label = order.text();
    // It is not refused: that was decided. The event is read here.
    model.refusal(event, label);
    final String reason;
    if (failure == null) {
      reason = process(event, label, model);
    } else {
      reason = LearnerFailure.reason(failure);
      model.miss(event, label);
    }
    if (reason != null) {
      failed(event.key(), event.origin(), reason);
      missed(event.id(), order, model);
    } else if (order.waits()) {
      pending.put(event.id(), model.pending(0, learnerConfig.labels().predictionBytes()));
      model.state().pendingEvents++;
    }
    try {
      model.learnTypes(event, order.events(), sides);
    } catch (final LearnerFailure ofTypes) {
      count(event.key(), ofTypes.getMessage());
    }
  }

  /** Why the event could not be learned, or null. */
  private String process(final Event event, final String label, final ModelSession model) {
    try {
      model.process(event, label, sides);
      return null;
    } catch (final LearnerFailure failure) {
      return failure.getMessage();
    }
  }

  /** What belongs to an event that was not predicted. */
  private void missed(final String id, final Order order, final ModelSession model)
      throws Exception {
    if (order.early() != null) {
      deadLetter(order.early());
    }
    if (order.waits()) {
      pending.put(id, model.missed());
    }
  }

  private void failed(final String key, final Origin origin, final String reason) {
    count(key, reason);
    sides.deadLetter(new DeadLetter(origin, reason));
  }

  private void count(final String key, final String reason) {
    if (failures.getCount() == 0) {
      LOG.warn("Model '{}' goes on without a record: {}", key, reason);
    }
    failures.inc();
  }

  /** A label whose event went to the dead letters. */
  private void deadLetter(final LabelRecord label) {
    final String reason = "the event with id '" + label.id() + "' went to the dead letters";
    sides.deadLetter(new DeadLetter(label.origin(), reason));
  }

  private void label(final LabelRecord label, final String failure) throws Exception {
    final ModelSession model = models.use(label.key());
    final PendingEvent event = pending.get(label.id());
    pending.remove(label.id());
    if (event.isMissed()) {
      model.missLate(event, label.label());
      deadLetter(label);
      return;
    }
    model.state().pendingEvents--;
    if (failure != null) {
      model.missLate(event, label.label());
      failed(label.key(), label.origin(), LearnerFailure.reason(failure));
      return;
    }
    try {
      model.learnLate(event, label.label(), label.timestamp(), sides);
    } catch (final LearnerFailure ofCombination) {
      failed(label.key(), label.origin(), ofCombination.getMessage());
    }
  }

  private void expired(final String key, final String id) throws Exception {
    final PendingEvent event = pending.get(id);
    pending.remove(id);
    if (!event.isMissed()) {
      final SessionState state = models.use(key).state();
      state.pendingEvents--;
      state.expiredEvents++;
    }
  }

  private void dropped(final String key) throws Exception {
    models.drop(key);
    store.remove(key);
    pending.clear();
    answers.remove(key);
  }

  /**
   * What was sent before a checkpoint has been answered before it, since barriers are aligned: then
   * nothing waits here.
   */
  @Override
  public void snapshotState(final StateSnapshotContext context) throws Exception {
    for (final Map.Entry<String, ModelAnswers> each : answers.entrySet()) {
      if (!each.getValue().isEmpty()) {
        throw new IllegalStateException(
            "a checkpoint met model '"
                + each.getKey()
                + "' between its shards: job.shards needs aligned checkpoints, set"
                + " execution.checkpointing.unaligned.enabled to false");
      }
    }
    models.saveAll();
    gauges.refresh();
    super.snapshotState(context);
  }

  /** What the gauges show, as of now. */
  LearnerGauges.Figures figures() {
    gauges.refresh();
    return gauges.figures();
  }

  @Override
  public void notifyCheckpointComplete(final long checkpoint) throws Exception {
    super.notifyCheckpointComplete(checkpoint);
    lastCheckpoint = getProcessingTimeService().getCurrentProcessingTime();
  }

  @Override
  public void finish() throws Exception {
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
