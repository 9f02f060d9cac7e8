package dev.braid.connectors.type;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Decoded;
import dev.braid.connectors.DriftRecord;
import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.PredictionRecord;

/** The kinds of record that have a binary form. Their names are part of saved state. */
enum RecordKind {
  EVENT(Event.class, 1),
  LABEL(LabelRecord.class, 1),
  DEAD_LETTER(DeadLetter.class, 1),
  DECODED(Decoded.class, 1),
  PREDICTION(PredictionRecord.class, 1),
  METRICS(MetricsRecord.class, 1),
  DRIFT(DriftRecord.class, 1);

  private final Class<?> type;
  private final int version;

  RecordKind(final Class<?> type, final int version) {
    this.type = type;
    this.version = version;
  }

  Class<?> type() {
    return type;
  }

  /** Version of the binary form, to be raised with every change to it. */
  int version() {
    return version;
  }

  Codec<?> newCodec() {
    return switch (this) {
      case EVENT -> new EventCodec();
      case LABEL -> new LabelCodec();
      case DEAD_LETTER -> new DeadLetterCodec();
      case DECODED -> new DecodedCodec();
      case PREDICTION -> new PredictionCodec();
      case METRICS -> new MetricsCodec();
      case DRIFT -> new DriftCodec();
    };
  }
}
