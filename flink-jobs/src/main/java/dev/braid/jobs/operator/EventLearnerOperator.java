package dev.braid.jobs.operator;

import dev.braid.connectors.Event;
import dev.braid.connectors.PredictionRecord;
import dev.braid.jobs.config.LearnerConfig;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Learners whose labels come with the events, keyed by {@link Event#key()}. Side outputs are those
 * of {@link SideOutputs}; the state is that of {@link LabelledLearnerOperator}, so that a job may
 * gain or lose its labels topic.
 */
public final class EventLearnerOperator extends LearnerOperator
    implements OneInputStreamOperator<Event, PredictionRecord> {
  private static final long serialVersionUID = 1L;

  /**
   * @param config checked
   */
  public EventLearnerOperator(final LearnerConfig config) {
    super(config);
  }

  @Override
  boolean labelsCome() {
    return false;
  }

  @Override
  public void processElement(final StreamRecord<Event> element) throws Exception {
    onEvent(element.getValue());
  }
}
