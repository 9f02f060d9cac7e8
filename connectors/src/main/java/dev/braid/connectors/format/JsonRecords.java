package dev.braid.connectors.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import dev.braid.connectors.DriftRecord;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.PredictionRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
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
   * "experts":{name:weight},"model_version"}}, the first three named as in the events.
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
          out.writeStringField("predicted", value.predicted());
          out.writeObjectFieldStart("probabilities");
          for (int i = 0; withDetails && i < value.probabilities().length; i++) {
            number(out, value.classes().get(i), value.probabilities()[i]);
          }
          out.writeEndObject();
          out.writeObjectFieldStart("experts");
          for (int i = 0; withDetails && i < value.weights().length; i++) {
            number(out, value.experts().get(i), value.weights()[i]);
          }
          out.writeEndObject();
          out.writeNumberField("model_version", value.modelVersion());
        });
  }

  /** Metrics: one field per component of {@link MetricsRecord}, named in snake case. */
  public static RecordEncoder<MetricsRecord> metrics(final FieldNames fields) {
    return value ->
        json(
            out -> {
              out.writeStringField(fields.key(), value.key());
              out.writeNumberField(fields.timestamp(), value.timestamp());
              out.writeNumberField("events", value.events());
              out.writeNumberField("labelled", value.labelled());
              number(out, "accuracy", value.accuracy());
              number(out, "kappa_m", value.kappaM());
              number(out, "kappa_t", value.kappaT());
              number(out, "window_accuracy", value.windowAccuracy());
              out.writeObjectFieldStart("expert_share");
              for (final Map.Entry<String, Double> share : value.expertShare().entrySet()) {
                number(out, share.getKey(), share.getValue());
              }
              out.writeEndObject();
              number(out, "weight_entropy", value.weightEntropy());
              out.writeNumberField("drifts", value.drifts());
              out.writeNumberField("pending", value.pending());
              out.writeNumberField("expired", value.expired());
              out.writeNumberField("ignored_features", value.ignoredFeatures());
              out.writeNumberField("state_bytes", value.stateBytes());
            });
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
