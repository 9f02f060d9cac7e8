package dev.braid.jobs.operator;

import dev.braid.data.Schema;
import dev.braid.router.Tasks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the models of a subtask have to send to their shards, and to where these are combined. */
final class Outbox {
  /** Models whose keys are remembered. */
  private static final int MOST_MODELS = 10_000;

  private final Sender sender;
  private final int shards;
  private final int maxParallelism;
  private final LinkedHashMap<String, ModelTasks> models =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(final Map.Entry<String, ModelTasks> eldest) {
          return size() > MOST_MODELS && eldest.getValue().isEmpty();
        }
      };
  private final List<ModelTasks> waiting = new ArrayList<>();

  /** Where batches go; what they consist of may be written over afterwards. */
  interface Sender {
    void tasks(TaskBatch batch);

    void orders(OrderBatch batch);

    /** Most that a model may take. */
    long modelBytes();
  }

  Outbox(final Sender sender, final int shards, final int maxParallelism) {
    this.sender = sender;
    this.shards = shards;
    this.maxParallelism = maxParallelism;
  }

  /** What a model has to send. */
  ModelTasks of(final String key) {
    ModelTasks tasks = models.get(key);
    if (tasks == null) {
      tasks = new ModelTasks(key, ShardKeys.of(key, shards, maxParallelism), sender, waiting::add);
      models.put(key, tasks);
    }
    return tasks;
  }

  /** What a model's learner tells its shards to do; may be kept as long as the learner. */
  Tasks tasks(final String key) {
    return new Tasks() {
      @Override
      public void open(final Schema schema) {
        of(key).open(schema);
      }

      @Override
      public void grow(final Schema larger) {
        of(key).grow(larger);
      }

      @Override
      public void ask(final double[] x) {
        of(key).ask(x);
      }

      @Override
      public void learn(final double[] x, final double target, final double weight) {
        of(key).learn(x, target, weight);
      }
    };
  }

  /** Whether anything waits to be sent. */
  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Sends everything. */
  void flush() {
    // A model that is sent may not wait any more: each is in the list once.
    for (final ModelTasks tasks : waiting) {
      tasks.flush();
    }
    waiting.clear();
  }
}
