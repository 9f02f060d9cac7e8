package dev.braid.connectors.format;

import dev.braid.connectors.PredictedNumber;
import dev.braid.connectors.PredictionRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.SchemaParseException;
import org.apache.avro.generic.GenericData;

/**
 * Predictions as Avro, with the fields that they have as JSON. A job predicts either classes or
 * numbers: the first prediction says which of the two schemas its subject gets.
 */
final class AvroPredictions implements RecordEncoder<PredictionRecord> {
  private static final long serialVersionUID = 1L;

  private final FieldNames fields;
  private final RegistryOptions registry;
  private final String subject;
  private final int maxBytes;
  private transient AvroOutput out;

  /**
   * @param maxBytes a longer record leaves probabilities and experts empty
   * @throws IllegalArgumentException with one sentence if a field has no name of Avro's
   */
  AvroPredictions(
      final FieldNames fields,
      final RegistryOptions registry,
      final String subject,
      final int maxBytes) {
    this.fields = fields;
    this.registry = registry;
    this.subject = subject;
    this.maxBytes = maxBytes;
    schema(fields, false);
    schema(fields, true);
  }

  private static Schema schema(final FieldNames fields, final boolean ofNumber) {
    try {
      final SchemaBuilder.FieldAssembler<Schema> first =
          SchemaBuilder.record("Prediction")
              .namespace("dev.braid")
              .fields()
              .requiredString(fields.id())
              .requiredString(fields.key())
              .name(fields.timestamp())
              .type(AvroWriter.time())
              .noDefault();
      return (ofNumber ? number(first) : classes(first))
          .name("experts")
          .type()
          .map()
          .values()
          .doubleType()
          .noDefault()
          .requiredLong("model_version")
          .endRecord();
    } catch (final SchemaParseException noName) {
      throw new IllegalArgumentException(
          "Avro cannot write fields of these names: " + noName.getMessage(), noName);
    }
  }

  private static SchemaBuilder.FieldAssembler<Schema> classes(
      final SchemaBuilder.FieldAssembler<Schema> fields) {
    return fields
        .optionalString("predicted")
        .name("probabilities")
        .type()
        .map()
        .values()
        .doubleType()
        .noDefault();
  }

  private static SchemaBuilder.FieldAssembler<Schema> number(
      final SchemaBuilder.FieldAssembler<Schema> fields) {
    return fields
        .optionalDouble("predicted")
        .name("interval")
        .type()
        .optional()
        .array()
        .items()
        .doubleType()
        .name("quantiles")
        .type()
        .map()
        .values()
        .nullable()
        .doubleType()
        .noDefault();
  }

  @Override
  public byte[] encode(final PredictionRecord value) {
    if (out == null) {
      out = new AvroOutput(registry, subject, schema(fields, value.number() != null));
    }
    final byte[] whole = write(value, true);
    return whole.length <= maxBytes ? whole : write(value, false);
  }

  private byte[] write(final PredictionRecord value, final boolean withDetails) {
    final GenericData.Record record = new GenericData.Record(out.schema());
    record.put(fields.id(), value.id());
    record.put(fields.key(), value.key());
    record.put(fields.timestamp(), value.timestamp());
    if (value.number() == null) {
      record.put("predicted", value.predicted());
      record.put(
          "probabilities", withDetails ? map(value.classes(), value.probabilities()) : Map.of());
    } else {
      put(record, value.number());
    }
    record.put("experts", withDetails ? map(value.experts(), value.weights()) : Map.of());
    record.put("model_version", value.modelVersion());
    return out.write(record);
  }

  private static void put(final GenericData.Record record, final PredictedNumber number) {
    record.put("predicted", known(number.value()));
    record.put(
        "interval",
        Double.isFinite(number.lower()) ? List.of(number.lower(), number.upper()) : null);
    final Map<String, Double> quantiles = new LinkedHashMap<>();
    for (int q = 0; q < number.levels().size(); q++) {
      quantiles.put(number.levels().get(q).toString(), known(number.quantiles().get(q)));
    }
    record.put("quantiles", quantiles);
  }

  private static Double known(final double value) {
    return Double.isFinite(value) ? value : null;
  }

  private static Map<String, Double> map(final List<String> names, final double[] values) {
    final Map<String, Double> map = new LinkedHashMap<>();
    for (int i = 0; i < values.length; i++) {
      map.put(names.get(i), values[i]);
    }
    return map;
  }
}
