package dev.braid.connectors.type;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Decoded;
import dev.braid.connectors.DriftRecord;
import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.ModelRecord;
import dev.braid.connectors.PredictionRecord;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * Flink types of the records: their serializers write a compact binary form, with a versioned
 * snapshot in savepoints, and never fall back on reflection.
 */
public final class RecordTypes {
  /** Events. */
  public static final TypeInformation<Event> EVENT = new RecordTypeInfo<>(RecordKind.EVENT);

  /** Late labels. */
  public static final TypeInformation<LabelRecord> LABEL = new RecordTypeInfo<>(RecordKind.LABEL);

  /** Dead letters. */
  public static final TypeInformation<DeadLetter> DEAD_LETTER =
      new RecordTypeInfo<>(RecordKind.DEAD_LETTER);

  /** Events or labels among dead letters, as sources deliver them. */
  public static final TypeInformation<Decoded> DECODED = new RecordTypeInfo<>(RecordKind.DECODED);

  /** Predictions. */
  public static final TypeInformation<PredictionRecord> PREDICTION =
      new RecordTypeInfo<>(RecordKind.PREDICTION);

  /** Metrics. */
  public static final TypeInformation<MetricsRecord> METRICS =
      new RecordTypeInfo<>(RecordKind.METRICS);

  /** Drift alarms and changes in a pool. */
  public static final TypeInformation<DriftRecord> DRIFT = new RecordTypeInfo<>(RecordKind.DRIFT);

  /** What is published of models. */
  public static final TypeInformation<ModelRecord> MODEL = new RecordTypeInfo<>(RecordKind.MODEL);

  private RecordTypes() {}
}
