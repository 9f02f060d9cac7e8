package dev.braid.jobs.operator;

import dev.braid.jobs.config.LearnerConfig;
import dev.braid.router.Division;
import dev.braid.state.keyed.WorkingSet;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * The experts of divided models, a part of them under each key: predicts and learns what the {@link
 * SequencerOperator} sends, in that order, and answers each batch at once. Keyed by {@link
 * TaskBatch#shard()}.
 */
public final class ShardOperator extends AbstractStreamOperator<AnswerBatch>
    implements OneInputStreamOperator<TaskBatch, AnswerBatch> {
  private static final long serialVersionUID = 1L;

  private final LearnerConfig learnerConfig;
  private final int shards;
  private transient WorkingSet<String, ShardSession> working;
  private transient ShardStore store;
  private transient StreamRecord<AnswerBatch> out;
  private transient Counter tasks;
  private transient Counter failures;
  private transient long nanos;

  /**
   * @param config checked
   * @param shards of each model
   */
  public ShardOperator(final LearnerConfig config, final int shards) {
    this.learnerConfig = config;
    this.shards = shards;
  }

  @Override
  public void open() throws Exception {
    super.open();
    final SessionSettings settings = SessionSettings.of(learnerConfig);
    final Division division = Division.of(settings.learner(), settings.schema().target(), shards);
    store = new ShardStore(this, getKeyedStateStore(), division, learnerConfig.state().packBelow());
    working =
        new WorkingSet<>(
            HeapShare.of(
                learnerConfig.state().workingSet(),
                getContainingTask().getEnvironment().getTaskManagerInfo()),
            store);
    out = new StreamRecord<>(null);
    final MetricGroup group = getMetricGroup().addGroup("braid");
    tasks = group.counter("shard_tasks");
    failures = group.counter("shard_failures");
    group.gauge("shard_busy_ms", () -> nanos / 1_000_000);
    group.gauge("shard_bytes", () -> working.bytes());
  }

  @Override
  public void processElement(final StreamRecord<TaskBatch> element) throws Exception {
    final TaskBatch batch = element.getValue();
    if (batch.dropped()) {
      working.drop(batch.shard());
      store.remove();
      return;
    }
    final ShardSession session = working.use(batch.shard());
    final AnswerBatch answer =
        session.answer(
            batch,
            () -> {
              failures.inc();
              store.restore(session);
            });
    tasks.inc(answer.count());
    nanos += answer.nanos();
    output.collect(out.replace(answer));
  }

  /** Tasks answered since the task started. */
  long tasks() {
    return tasks.getCount();
  }

  /** How often an expert failed. */
  long failures() {
    return failures.getCount();
  }

  @Override
  public void snapshotState(final StateSnapshotContext context) throws Exception {
    working.saveAll();
    super.snapshotState(context);
  }
}
