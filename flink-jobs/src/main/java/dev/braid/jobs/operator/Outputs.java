package dev.braid.jobs.operator;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.DriftRecord;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.PredictionRecord;

/** Where a model's records go. */
interface Outputs {

  void prediction(PredictionRecord record);

  void metrics(MetricsRecord record);

  void drift(DriftRecord record);

  void deadLetter(DeadLetter record);

  /** When the last checkpoint was completed, in clock time; 0 for none since the start. */
  long lastCheckpoint();
}
