package dev.braid.jobs.operator;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.DriftRecord;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.ModelRecord;
import dev.braid.connectors.type.RecordTypes;
import org.apache.flink.util.OutputTag;

/** What leaves the learner's operator beside the predictions. */
public final class SideOutputs {
  /** Metrics of the models. */
  public static final OutputTag<MetricsRecord> METRICS =
      new OutputTag<>("metrics", RecordTypes.METRICS);

  /** Drift alarms and changes of the expert pools. */
  public static final OutputTag<DriftRecord> DRIFT = new OutputTag<>("drift", RecordTypes.DRIFT);

  /** Events and labels that could not be used. */
  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("dead-letters", RecordTypes.DEAD_LETTER);

  /** What changed in the models, where they are published. */
  public static final OutputTag<ModelRecord> MODELS = new OutputTag<>("models", RecordTypes.MODEL);

  private SideOutputs() {}
}
