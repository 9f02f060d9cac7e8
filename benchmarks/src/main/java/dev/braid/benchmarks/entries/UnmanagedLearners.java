package dev.braid.benchmarks.entries;

import dev.braid.connectors.Event;
import dev.braid.connectors.PredictionRecord;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The bare learner of each key in a field of a function: nothing is saved, bounded, checked or
 * told, so that what is left is Flink's.
 */
final class UnmanagedLearners extends KeyedProcessFunction<String, Event, PredictionRecord> {
  private static final long serialVersionUID = 1L;

  private transient Map<String, BareLearner> learners;
  private transient long events;

  @Override
  public void open(final OpenContext context) {
    learners = new HashMap<>();
  }

  @Override
  public void processElement(
      final Event event, final Context context, final Collector<PredictionRecord> out) {
    final BareLearner learner =
        learners.computeIfAbsent(context.getCurrentKey(), key -> new BareLearner());
    learner.learn(event);
    out.collect(learner.record(event, events++));
  }
}
