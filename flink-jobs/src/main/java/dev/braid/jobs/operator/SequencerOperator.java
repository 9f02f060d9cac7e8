package dev.braid.jobs.operator;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Decoded;
import dev.braid.connectors.DriftRecord;
import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.PredictionRecord;
import dev.braid.data.Schema;
import dev.braid.jobs.config.LearnerConfig;
import dev.braid.router.Division;
import dev.braid.router.Learner;
import dev.braid.state.image.SavedParts;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * The half of divided models that needs the order of all records: what is refused, what a label
 * belongs to, how the schema grows. It does all that {@link LearnerOperator} does, over learners
 * that have no experts, and sends what these would have to do to the {@link ShardOperator}, and
 * what was decided to the {@link CombinerOperator}.
 *
 * <p>Batches are sent when they are full, after a time, and before each checkpoint, so that nothing
 * of them is ever part of one.
 */
public class SequencerOperator extends LearnerOperator
    implements OneInputStreamOperator<Decoded, PredictionRecord> {
  private static final long serialVersionUID = 1L;

  /** What the shards have to do. */
  public static final OutputTag<TaskBatch> TASKS = new OutputTag<>("tasks", BatchType.TASKS);

  /** What was decided. */
  public static final OutputTag<OrderBatch> ORDERS = new OutputTag<>("orders", BatchType.ORDERS);

  private final int shards;
  private final long lingerMillis;
  private final boolean labelsCome;
  private transient Outbox outbox;
  private transient boolean flushes;
  private transient ScheduledFuture<?> flush;

  /** The model of the record at work. */
  private transient ModelTasks current;

  /**
   * @param config checked
   * @param shards of each model, 2 or more
   * @param lingerMillis how long a task waits for company, 1 or more
   * @param labelsCome whether labels can come after their events
   */
  public SequencerOperator(
      final LearnerConfig config,
      final int shards,
      final long lingerMillis,
      final boolean labelsCome) {
    super(config);
    this.shards = shards;
    this.lingerMillis = lingerMillis;
    this.labelsCome = labelsCome;
  }

  @Override
  public void initializeState(final StateInitializationContext context) throws Exception {
    ShardsGuard.check(context.getOperatorStateStore(), shards);
    super.initializeState(context);
  }

  @Override
  public void open() throws Exception {
    outbox =
        new Outbox(
            new Network(modelBytes()),
            shards,
            getRuntimeContext().getTaskInfo().getMaxNumberOfParallelSubtasks());
    super.open();
  }

  /** Sends batches on their way. */
  private final class Network implements Outbox.Sender {
    private final StreamRecord<TaskBatch> tasks = new StreamRecord<>(null);
    private final StreamRecord<OrderBatch> orders = new StreamRecord<>(null);
    private final long modelBytes;

    Network(final long modelBytes) {
      this.modelBytes = modelBytes;
    }

    @Override
    public void tasks(final TaskBatch batch) {
      send(TASKS, tasks.replace(batch));
    }

    @Override
    public void orders(final OrderBatch batch) {
      send(ORDERS, orders.replace(batch));
    }

    @Override
    public long modelBytes() {
      return modelBytes;
    }
  }

  /** Sends a batch, which is written over once this returns. */
  <T> void send(final OutputTag<T> tag, final StreamRecord<T> batch) {
    output.collect(tag, batch);
  }

  /** Predictions, metrics and drift are for the half that combines to tell. */
  private final class Silent implements Outputs {
    @Override
    public void prediction(final PredictionRecord record) {}

    @Override
    public void metrics(final MetricsRecord record) {
      current.askSize();
    }

    @Override
    public void drift(final DriftRecord record) {}

    @Override
    public void deadLetter(final DeadLetter record) {
      output.collect(SideOutputs.DEAD_LETTERS, new StreamRecord<>(record));
    }

    @Override
    public long lastCheckpoint() {
      return 0;
    }
  }

  @Override
  Outputs outputs() {
    return new Silent();
  }

  @Override
  Learners learners(final SessionSettings settings) {
    final Division division = Division.of(settings.learner(), settings.schema().target(), shards);
    return new Learners() {
      @Override
      public Learner open(final String key, final Schema schema) {
        return division.openIntake(schema, outbox.tasks(key));
      }

      @Override
      public Learner read(final String key, final SavedParts parts) {
        return division.readIntake(parts, outbox.tasks(key));
      }
    };
  }

  /** How models do is for the half that combines to tell. */
  @Override
  MetricGroup modelMetrics() {
    return new UnregisteredMetricsGroup();
  }

  @Override
  boolean labelsCome() {
    return labelsCome;
  }

  @Override
  public void processElement(final StreamRecord<Decoded> element) throws Exception {
    final Decoded record = element.getValue();
    current = outbox.of(MixedLearnerOperator.key(record));
    if (record instanceof Event event) {
      onEvent(event);
    } else {
      onLabel((LabelRecord) record);
    }
    flushLater();
  }

  private void flushLater() {
    if (!flushes && !outbox.isEmpty()) {
      flushes = true;
      flush =
          getProcessingTimeService()
              .registerTimer(
                  getProcessingTimeService().getCurrentProcessingTime() + lingerMillis,
                  time -> {
                    flushes = false;
                    outbox.flush();
                  });
    }
  }

  @Override
  void processed(
      final Event event,
      final String label,
      final boolean waits,
      final LabelRecord early,
      final SessionState state) {
    current.order(event, label, waits, early, state);
  }

  @Override
  void learned(final LabelRecord label) {
    current.order(Order.Kind.LABEL, label, null);
  }

  @Override
  void failed(final String key) {
    outbox.of(key).failed();
  }

  @Override
  void expired(final String key, final String id) {
    outbox.of(key).order(Order.Kind.EXPIRED, null, id);
    flushLater();
  }

  @Override
  void dropped(final String key) {
    outbox.of(key).drop();
    flushLater();
  }

  @Override
  public void prepareSnapshotPreBarrier(final long checkpointId) throws Exception {
    super.prepareSnapshotPreBarrier(checkpointId);
    outbox.flush();
  }

  @Override
  public void finish() throws Exception {
    super.finish();
    outbox.flush();
  }

  @Override
  public void close() throws Exception {
    if (flush != null) {
      flush.cancel(false);
    }
    super.close();
  }
}
