package dev.braid.benchmarks.models;

import dev.braid.connectors.Event;
import dev.braid.connectors.PredictionRecord;
import java.util.List;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** Reads and writes as many bytes per event as a model has, and learns nothing. */
final class PlainState extends AbstractStreamOperator<PredictionRecord>
    implements OneInputStreamOperator<Event, PredictionRecord> {
  private static final long serialVersionUID = 1L;
  private static final double[] NONE = {};

  private final byte[] first;
  private transient ValueState<byte[]> state;

  /**
   * @param first value of each key; one event changes one byte
   */
  PlainState(final byte[] first) {
    this.first = first;
  }

  @Override
  public void open() throws Exception {
    super.open();
    state =
        getKeyedStateStore()
            .getState(new ValueStateDescriptor<>("bytes", BytePrimitiveArraySerializer.INSTANCE));
  }

  @Override
  public void processElement(final StreamRecord<Event> element) throws Exception {
    final Event event = element.getValue();
    byte[] value = state.value();
    if (value == null) {
      value = first.clone();
    }
    value[0]++;
    state.update(value);
    output.collect(
        new StreamRecord<>(
            new PredictionRecord(
                event.id(),
                event.key(),
                event.timestamp(),
                null,
                List.of(),
                NONE,
                List.of(),
                NONE,
                0)));
  }
}
