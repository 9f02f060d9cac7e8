package dev.braid.jobs.operator;

import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.PredictionRecord;
import dev.braid.jobs.config.LearnerConfig;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Learners whose labels come with the events or on a second input, before or after them. The first
 * input is keyed by {@link Event#key()}, the second by {@link LabelRecord#key()}; side outputs are
 * those of {@link SideOutputs}.
 */
public final class LabelledLearnerOperator extends LearnerOperator
    implements TwoInputStreamOperator<Event, LabelRecord, PredictionRecord> {
  private static final long serialVersionUID = 1L;

  /**
   * @param config checked
   */
  public LabelledLearnerOperator(final LearnerConfig config) {
    super(config);
  }

  @Override
  boolean labelsCome() {
    return true;
  }

  @Override
  public void processElement1(final StreamRecord<Event> element) throws Exception {
    onEvent(element.getValue());
  }

  @Override
  public void processElement2(final StreamRecord<LabelRecord> element) throws Exception {
    onLabel(element.getValue());
  }
}
