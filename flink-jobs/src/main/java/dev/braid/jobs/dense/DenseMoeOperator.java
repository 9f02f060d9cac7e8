package dev.braid.jobs.dense;

import dev.braid.connectors.Event;
import dev.braid.jobs.config.JobConfig;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Dense layers whose labels come with the events: gives each event the layer's predictions, as
 * features named {@code @dense:CLASS}. The input is keyed by {@link DenseLayers}; events go out in
 * the order in which they came. The state is that of {@link LabelledDenseMoeOperator}, so that a
 * job may gain or lose its labels topic.
 */
public final class DenseMoeOperator extends DenseOperator
    implements OneInputStreamOperator<Event, Event> {
  private static final long serialVersionUID = 1L;

  /**
   * @param config of the job, checked, with a dense layer
   */
  public DenseMoeOperator(final JobConfig config) {
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
