package dev.braid.benchmarks.models;

import dev.braid.connectors.PredictionRecord;
import java.util.concurrent.atomic.LongAdder;
import org.apache.flink.api.common.functions.MapFunction;

/** Counts predictions of all subtasks in this process. */
final class Tally implements MapFunction<PredictionRecord, PredictionRecord> {
  private static final long serialVersionUID = 1L;
  private static final LongAdder COUNT = new LongAdder();

  @Override
  public PredictionRecord map(final PredictionRecord value) {
    COUNT.increment();
    return value;
  }

  static long count() {
    return COUNT.sum();
  }
}
