package dev.braid.connectors.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import dev.braid.connectors.ClassScores;
import dev.braid.connectors.DriftRecord;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.NumberScores;
import dev.braid.connectors.PredictedNumber;
import dev.braid.connectors.PredictionRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * What the job says, as JSON. Numbers that are not finite, as a figure that is not known yet, are
 * written as null.
 */
public final class JsonRecords {
  // Java 17 writes doubles slowly, and not always in their shortest form.
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build();

  private JsonRecords() {}

  /**
   * Predictions: {@code {"id","key","ts","predicted","probabilities":{class:p},
   * "experts":{name:weight},"model_version"}}, the first three named as in the events. Where the
   * target is a number, {@code predicted} is one, and instead of the probabilities there are {@code
   * "interval":[lower,upper]} and, where they were asked for, {@code "quantiles":{level:number}}.
   *
   * @param maxBytes a longer record, that of a model with very many classes, leaves {@code
   *     probabilities} and {@code experts} empty, so that Kafka takes it
   */
  public static RecordEncoder<PredictionRecord> predictions(
      final FieldNames fields, final int maxBytes) {
    return value -> {
      final byte[] whole = prediction(fields, value, true);
      return whole.length <= maxBytes ? whole : prediction(fields, value, false);
    };
  }

  private static byte[] prediction(
      final FieldNames fields, final PredictionRecord value, final boolean withDetails) {
    return json(
        out -> {
          out.writeStringField(fields.id(), value.id());
          out.writeStringField(fields.key(), value.key());
          out.writeNumberField(fields.timestamp(), value.timestamp());
          if (value.number() == null) {
            predictedClass(out, value, withDetails);
          } else {
            predictedNumber(out, value.number());
          }
          out.writeObjectFieldStart("experts");
          for (int i = 0; withDetails && i < value.weights().length; i++) {
            number(out, value.experts().get(i), value.weights()[i]);
          }
          out.writeEndObject();
          out.writeNumberField("model_version", value.modelVersion());
        });
  }

  private static void predictedClass(
      final JsonGenerator out, final PredictionRecord value, final boolean withDetails)
      throws IOException {
    out.writeStringField("predicted", value.predicted());
    out.writeObjectFieldStart("probabilities");
    for (int i = 0; withDetails && i < value.probabilities().length; i++) {
      number(out, value.classes().get(i), value.probabilities()[i]);
    }
    out.writeEndObject();
  }

  private static void predictedNumber(final JsonGenerator out, final PredictedNumber value)
      throws IOException {
    number(out, "predicted", value.value());
    if (Double.isFinite(value.lower())) {
      out.writeArrayFieldStart("interval");
      out.writeNumber(value.lower());
      out.writeNumber(value.upper());
      out.writeEndArray();
    } else {
      out.writeNullField("interval");
    }
    if (!value.levels().isEmpty()) {
      out.writeObjectFieldStart("quantiles");
      for (int q = 0; q < value.levels().size(); q++) {
        number(out, value.levels().get(q).toString(), value.quantiles().get(q));
      }
      out.writeEndObject();
    }
  }

  /**
   * Metrics: one field per component of {@link MetricsRecord} and of its scores, named in snake
   * case; the confusion matrix is {@code {"classes":[name],"counts":[[n]]}}.
   */
  public static RecordEncoder<MetricsRecord> metrics(final FieldNames fields) {
    return value ->
        json(
            out -> {
              out.writeStringField(fields.key(), value.key());
              out.writeNumberField(fields.timestamp(), value.timestamp());
              out.writeNumberField("events", value.events());
              out.writeNumberField("labelled", value.labelled());
              if (value.classes() != null) {
                scores(out, value.classes());
              }
              if (value.numbers() != null) {
                scores(out, value.numbers());
              }
              byName(out, "expert_share", value.expertShare());
              byName(out, "expert_weight", value.expertWeight());
              number(out, "weight_entropy", value.weightEntropy());
              byName(out, "feature_importance", value.featureImportance());
              out.writeNumberField("drifts", value.drifts());
              out.writeNumberField("pending", value.pending());
              out.writeNumberField("expired", value.expired());
              out.writeNumberField("pending_labels", value.pendingLabels());
              out.writeNumberField("expired_labels", value.expiredLabels());
              out.writeNumberField("ignored_features", value.ignoredFeatures());
              out.writeNumberField("state_bytes", value.stateBytes());
              number(out, "learner_micros", value.learnerMicros());
              if (value.checkpoint() > 0) {
                out.writeNumberField("checkpoint_ts", value.checkpoint());
              } else {
                out.writeNullField("checkpoint_ts");
              }
            });
  }

  private static void scores(final JsonGenerator out, final ClassScores scores) throws IOException {
    number(out, "accuracy", scores.accuracy());
    number(out, "kappa", scores.kappa());
    number(out, "kappa_m", scores.kappaM());
    number(out, "kappa_t", scores.kappaT());
    number(out, "log_loss", scores.logLoss());
    number(out, "brier", scores.brier());
    number(out, "calibration_error", scores.calibrationError());
    number(out, "window_accuracy", scores.windowAccuracy());
    number(out, "window_kappa", scores.windowKappa());
    number(out, "window_log_loss", scores.windowLogLoss());
    out.writeObjectFieldStart("confusion");
    out.writeArrayFieldStart("classes");
    for (final String name : scores.confusionClasses()) {
      out.writeString(name);
    }
    out.writeEndArray();
    out.writeArrayFieldStart("counts");
    final List<Long> counts = scores.confusion();
    final int size = (int) Math.round(Math.sqrt(counts.size()));
    for (int row = 0; row < size; row++) {
      out.writeStartArray();
      for (int column = 0; column < size; column++) {
        out.writeNumber(counts.get(row * size + column));
      }
      out.writeEndArray();
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private static void scores(final JsonGenerator out, final NumberScores scores)
      throws IOException {
    number(out, "mae", scores.mae());
    number(out, "rmse", scores.rmse());
    number(out, "r2", scores.r2());
    number(out, "coverage", scores.coverage());
    number(out, "window_mae", scores.windowMae());
    number(out, "window_rmse", scores.windowRmse());
    number(out, "window_r2", scores.windowR2());
    number(out, "window_coverage", scores.windowCoverage());
  }

  private static void byName(
      final JsonGenerator out, final String field, final Map<String, Double> values)
      throws IOException {
    out.writeObjectFieldStart(field);
    for (final Map.Entry<String, Double> value : values.entrySet()) {
      number(out, value.getKey(), value.getValue());
    }
    out.writeEndObject();
  }

  /** Drift: {@code {"key","ts","event","kind","subject","reason"}}. */
  public static RecordEncoder<DriftRecord> drift(final FieldNames fields) {
    return value ->
        json(
            out -> {
              out.writeStringField(fields.key(), value.key());
              out.writeNumberField(fields.timestamp(), value.timestamp());
              out.writeNumberField("event", value.event());
              out.writeStringField("kind", value.kind());
              out.writeStringField("subject", value.subject());
              out.writeStringField("reason", value.reason());
            });
  }

  private static void number(final JsonGenerator out, final String name, final double value)
      throws IOException {
    if (Double.isFinite(value)) {
      out.writeNumberField(name, value);
    } else {
      out.writeNullField(name);
    }
  }

  private static byte[] json(final Body body) {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator out = JSON.createGenerator(bytes)) {
      out.writeStartObject();
      body.write(out);
      out.writeEndObject();
    } catch (final IOException impossible) {
      throw new UncheckedIOException("a record could not be written as JSON", impossible);
    }
    return bytes.toByteArray();
  }

  private interface Body {
    void write(JsonGenerator out) throws IOException;
  }
}
