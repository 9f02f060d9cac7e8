package dev.braid.jobs.operator;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.DriftRecord;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.PredictionRecord;
import java.util.function.LongSupplier;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/** Sends records where they belong. */
final class Sides implements Outputs {
  private final Output<StreamRecord<PredictionRecord>> output;
  private final LongSupplier lastCheckpoint;
  private final StreamRecord<PredictionRecord> main = new StreamRecord<>(null);

  Sides(final Output<StreamRecord<PredictionRecord>> output, final LongSupplier lastCheckpoint) {
    this.output = output;
    this.lastCheckpoint = lastCheckpoint;
  }

  @Override
  public void prediction(final PredictionRecord record) {
    output.collect(main.replace(record, record.timestamp()));
  }

  @Override
  public void metrics(final MetricsRecord record) {
    side(SideOutputs.METRICS, record, record.timestamp());
  }

  @Override
  public void drift(final DriftRecord record) {
    side(SideOutputs.DRIFT, record, record.timestamp());
  }

  @Override
  public void deadLetter(final DeadLetter record) {
    output.collect(SideOutputs.DEAD_LETTERS, new StreamRecord<>(record));
  }

  @Override
  public long lastCheckpoint() {
    return lastCheckpoint.getAsLong();
  }

  private <T> void side(final OutputTag<T> tag, final T record, final long timestamp) {
    output.collect(tag, new StreamRecord<>(record, timestamp));
  }
}
