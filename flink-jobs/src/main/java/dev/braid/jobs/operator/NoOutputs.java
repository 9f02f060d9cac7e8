package dev.braid.jobs.operator;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.DriftRecord;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.PredictionRecord;

/** Lets everything go: what is done again has been told before. */
final class NoOutputs implements Outputs {
  @Override
  public void prediction(final PredictionRecord record) {}

  @Override
  public void metrics(final MetricsRecord record) {}

  @Override
  public void drift(final DriftRecord record) {}

  @Override
  public void deadLetter(final DeadLetter record) {}

  @Override
  public long lastCheckpoint() {
    return 0;
  }
}
