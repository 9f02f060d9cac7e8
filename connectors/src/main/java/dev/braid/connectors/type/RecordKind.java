package dev.braid.connectors.type;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Decoded;
import dev.braid.connectors.DriftRecord;
import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.ModelRecord;
import dev.braid.connectors.PredictionRecord;

/** The kinds of record that have a binary form. Their names are part of saved state. */
enum RecordKind {
  EVENT(Event.class),
  LABEL(LabelRecord.class),
  DEAD_LETTER(DeadLetter.class),
  DECODED(Decoded.class),
  PREDICTION(PredictionRecord.class),
  METRICS(MetricsRecord.class),
  DRIFT(DriftRecord.class),
  MODEL(ModelRecord.class);

  private final Class<?> type;

  RecordKind(final Class<?> type) {
    this.type = type;
  }

  Class<?> type() {
    return type;
  }

  RecordCodec<?> newCodec() {
    return switch (this) {
      case EVENT -> new EventCodec();
      case LABEL -> new LabelCodec();
      case DEAD_LETTER -> new DeadLetterCodec();
      case DECODED -> new DecodedCodec();
      case PREDICTION -> new PredictionCodec();
      case METRICS -> new MetricsCodec();
      case DRIFT -> new DriftCodec();
      case MODEL -> new ModelCodec();
    };
  }
}
