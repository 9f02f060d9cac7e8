package dev.braid.jobs.dense;

import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.experts.moe.spec.DenseOptions;
import dev.braid.experts.moe.state.ChunkStore;
import dev.braid.jobs.config.JobConfig;
import dev.braid.jobs.operator.JobClock;
import dev.braid.state.image.ImageWriter;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Gives each event the predictions of a dense layer. The layers of a subtask are heap objects (or
 * on a device) and go to keyed state at checkpoints, only the chunks that changed; the key is the
 * number of the layer, so that they move with it when the job is rescaled, and none of what is said
 * depends on the parallelism.
 *
 * <p>A step is computed in a thread beside the task's, which gathers the next batch meanwhile, but
 * where experts leave memory. Events wait for others until a batch is full or {@code
 * dense.max-delay} has passed; all go on before a checkpoint barrier, a watermark and the end of
 * the input. {@link DenseStage} says why none of that changes a prediction.
 *
 * <p>A late label finds the row of its event here, where it waits for it as long as in the learner,
 * and becomes a row to be learned; a label that comes before its event waits likewise. What comes
 * too late, or not at all, is told by the learner alone.
 */
abstract class DenseOperator extends AbstractStreamOperator<Event>
    implements Triggerable<Integer, String> {
  private static final long serialVersionUID = 1L;

  private final JobConfig jobConfig;

  private transient DenseMetrics figures;
  private transient DenseOptions options;
  private transient Steps steps;
  private transient Map<Integer, DenseStage> stages;
  private transient MapState<Integer, byte[]> chunks;
  private transient JobClock clock;
  private transient PendingRows pending;
  private transient StreamRecord<Event> record;
  private transient ScheduledFuture<?> timer;

  DenseOperator(final JobConfig jobConfig) {
    this.jobConfig = jobConfig;
  }

  @Override
  public void initializeState(final StateInitializationContext context) throws Exception {
    super.initializeState(context);
    clock =
        JobClock.restore(
            context.getOperatorStateStore(), getProcessingTimeService()::getCurrentProcessingTime);
  }

  @Override
  public void open() throws Exception {
    super.open();
    figures = new DenseMetrics(getMetricGroup());
    options =
        jobConfig
            .dense()
            .options(
                SubtaskDevice.of(getRuntimeContext(), jobConfig.dense().externalResource())
                    .orElse(0));
    // Experts come from keyed state and go there, which is for the task's own thread.
    steps =
        jobConfig.dense().expertsLeave(jobConfig.learner().schema()) ? Steps.here() : stepsBeside();
    stages = new TreeMap<>();
    record = new StreamRecord<>(null);
    chunks =
        getKeyedStateStore()
            .getMapState(
                new MapStateDescriptor<>(
                    "chunks", IntSerializer.INSTANCE, BytePrimitiveArraySerializer.INSTANCE));
    pending =
        new PendingRows(
            getKeyedStateStore(),
            getInternalTimerService("pending", StringSerializer.INSTANCE, this),
            clock,
            jobConfig.learner().labels().maxWait().toMillis());
  }

  private Steps stepsBeside() {
    final MailboxExecutor mails =
        getContainingTask()
            .getMailboxExecutorFactory()
            .createExecutor(getOperatorConfig().getChainIndex());
    return Steps.beside(
        getRuntimeContext().getTaskInfo().getTaskNameWithSubtasks() + " dense",
        task -> mails.execute(task::run, "predictions of a dense layer"));
  }

  /** Whether the labels of events that bring none can still come. */
  abstract boolean labelsCome();

  /** One event of the current layer. */
  final void onEvent(final Event event) throws Exception {
    final DenseStage stage = stage();
    String label = event.label();
    if (label == null && labelsCome()) {
      final String id = id(event.key(), event.id());
      label = pending.takeLabel(id);
      final float[] row = stage.add(event, stage.classIndex(label));
      if (label == null) {
        pending.add(id, row);
      }
    } else {
      stage.add(event, stage.classIndex(label));
    }
    if (stage.owes() && timer == null) {
      final long now = getProcessingTimeService().getCurrentProcessingTime();
      timer =
          getProcessingTimeService()
              .registerTimer(
                  now + jobConfig.dense().maxDelay().toMillis(),
                  time -> {
                    timer = null;
                    flush();
                  });
    }
  }

  /** One label of the current layer that did not come with its event. */
  final void onLabel(final LabelRecord label) throws Exception {
    final String id = id(label.key(), label.id());
    final float[] row = pending.takeRow(id);
    if (row == null) {
      pending.add(id, label.label());
      return;
    }
    final DenseStage stage = stage();
    final int known = stage.classIndex(label.label());
    if (known >= 0) {
      stage.learn(row, known);
    }
  }

  @Override
  public void onProcessingTime(final InternalTimer<Integer, String> due) throws Exception {
    pending.onTimer(due.getNamespace());
  }

  @Override
  public void onEventTime(final InternalTimer<Integer, String> due) {
    throw new IllegalStateException("nothing here waits for event time");
  }

  private static String id(final String key, final String id) {
    return key + '\0' + id;
  }

  private DenseStage stage() throws Exception {
    final Integer number = (Integer) getCurrentKey();
    final DenseStage known = stages.get(number);
    if (known != null) {
      return known;
    }
    final DenseStage stage = open(new LayerChunks(this, chunks, number, figures));
    stages.put(number, stage);
    return stage;
  }

  private DenseStage open(final ChunkStore saved) {
    try {
      return DenseStage.open(jobConfig, saved, options, steps, figures, this::emit);
    } catch (final IllegalStateException refused) {
      // A demanded device or library that is missing, or state of another layer: no restart helps.
      throw new SuppressRestartsException(refused);
    }
  }

  private void emit(final Event event) {
    output.collect(record.replace(event, event.timestamp()));
  }

  private void flush() {
    stages.values().forEach(DenseStage::flush);
  }

  @Override
  public void prepareSnapshotPreBarrier(final long checkpointId) throws Exception {
    flush();
    super.prepareSnapshotPreBarrier(checkpointId);
  }

  @Override
  public void processWatermark(final Watermark mark) throws Exception {
    flush();
    super.processWatermark(mark);
  }

  @Override
  public void finish() throws Exception {
    flush();
    super.finish();
  }

  @Override
  public void snapshotState(final StateSnapshotContext context) throws Exception {
    final Object current = getCurrentKey();
    final ImageWriter writer = new ImageWriter();
    for (final Map.Entry<Integer, DenseStage> entry : stages.entrySet()) {
      setCurrentKey(entry.getKey());
      final DenseStage stage = entry.getValue();
      for (int chunk = 0; chunk < stage.chunkCount(); chunk++) {
        if (stage.isDirty(chunk)) {
          stage.writeChunk(chunk, writer.reset());
          chunks.put(chunk, writer.toByteArray());
          figures.wrote(writer.size());
        }
      }
      stage.markClean();
    }
    if (current != null) {
      setCurrentKey(current);
    }
    clock.save();
    super.snapshotState(context);
  }

  @Override
  public void close() throws Exception {
    if (timer != null) {
      timer.cancel(false);
    }
    if (steps != null && !steps.end(this::closeStages)) {
      LOG.warn(
          "A step of a dense layer is still computed after {}: the layers' memory stays taken until"
              + " it ends",
          Steps.PATIENCE);
    }
    super.close();
  }

  private void closeStages() {
    if (stages != null) {
      stages.values().forEach(DenseStage::close);
    }
  }
}
