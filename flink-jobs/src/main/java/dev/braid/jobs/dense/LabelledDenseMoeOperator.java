package dev.braid.jobs.dense;

import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.jobs.config.JobConfig;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Dense layers whose labels come with the events or on a second input, before or after them. Both
 * inputs are keyed by {@link DenseLayers}; labels are taken in and not handed on.
 */
public final class LabelledDenseMoeOperator extends DenseOperator
    implements TwoInputStreamOperator<Event, LabelRecord, Event> {
  private static final long serialVersionUID = 1L;

  /**
   * @param config of the job, checked, with a dense layer
   */
  public LabelledDenseMoeOperator(final JobConfig config) {
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
