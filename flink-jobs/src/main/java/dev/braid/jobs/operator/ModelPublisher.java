package dev.braid.jobs.operator;

import dev.braid.connectors.ModelRecord;
import dev.braid.jobs.publish.CheckpointEnd;
import dev.braid.jobs.publish.Moment;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeutils.base.StringSerializer;

/**
 * Publishes what changed in the models of one subtask, before each checkpoint's barrier: what goes
 * out there is committed with that very checkpoint, and is what it holds.
 *
 * <p>A task that recovers within a run finds in its state what was published: no more is needed. A
 * run that starts from a savepoint, or publishes for the first time, publishes all its models once,
 * since it cannot know what stands in the topic.
 */
final class ModelPublisher {
  private final String run;
  private final String place;
  private final int subtask;
  private final int subtasks;
  private final ListState<String> kept;
  private final ChangedModels changed = new ChangedModels();
  private boolean all;
  private boolean ended;

  private ModelPublisher(
      final String run,
      final String place,
      final int subtask,
      final int subtasks,
      final ListState<String> kept,
      final boolean all) {
    this.run = run;
    this.place = place;
    this.subtask = subtask;
    this.subtasks = subtasks;
    this.kept = kept;
    this.all = all;
  }

  /**
   * @param run of the job
   * @param topic where to publish
   */
  static ModelPublisher restore(
      final OperatorStateStore store,
      final String run,
      final String topic,
      final int subtask,
      final int subtasks)
      throws Exception {
    final ListState<String> kept =
        store.getUnionListState(new ListStateDescriptor<>("published", StringSerializer.INSTANCE));
    final String place = run + ' ' + topic;
    boolean same = false;
    for (final String saved : kept.get()) {
      same = saved.equals(place);
      if (!same) {
        break;
      }
    }
    return new ModelPublisher(run, place, subtask, subtasks, kept, !same);
  }

  /** What is to note the changes. */
  ChangedModels changed() {
    return changed;
  }

  /**
   * Publishes all that changed since the last time, and ends it with a marker. All models are
   * saved.
   *
   * @param checkpoint that comes next
   * @param keys of all models, asked for where all are to be published
   */
  void publish(
      final long checkpoint,
      final long time,
      final ModelStore store,
      final Keys keys,
      final Consumer<ModelRecord> out)
      throws Exception {
    if (ended) {
      return;
    }
    final Moment moment = new Moment(run, checkpoint);
    if (all) {
      try (Stream<String> stream = keys.open()) {
        for (final Iterator<String> each = stream.iterator(); each.hasNext(); ) {
          final String key = each.next();
          store.publish(key, null, moment, time, out);
          changed.all().remove(key);
        }
      }
      all = false;
    }
    for (final Map.Entry<String, Map<Long, Integer>> each : changed.all().entrySet()) {
      store.publish(each.getKey(), each.getValue(), moment, time, out);
    }
    changed.clear();
    out.accept(new CheckpointEnd(moment, time, subtask, subtasks).record());
    kept.update(List.of(place));
    ended = checkpoint == Moment.END;
  }

  /** Where the keys of all models come from. */
  interface Keys {
    Stream<String> open();
  }
}
