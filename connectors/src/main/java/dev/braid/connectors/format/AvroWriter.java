package dev.braid.connectors.format;

import dev.braid.data.Feature;
import dev.braid.data.Instance;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.SchemaParseException;
import org.apache.avro.generic.GenericData;

/**
 * Writes events, their features as a map, since names of features need not be names of Avro's, and
 * labels.
 */
final class AvroWriter implements RecordWriter {
  private final FieldNames fields;
  private final AvroOutput out;

  AvroWriter(final FormatSettings settings) {
    fields = settings.decoding().fields();
    ChangeEvents.refuseToWrite(settings.options());
    out =
        new AvroOutput(
            RegistryOptions.of(settings.options()),
            RegistryOptions.subject(
                settings.options(), settings.isEvent() ? "braid-events" : "braid-labels"),
            schema(fields, settings.isEvent()));
  }

  private static Schema schema(final FieldNames fields, final boolean event) {
    try {
      final SchemaBuilder.FieldAssembler<Schema> record =
          SchemaBuilder.record(event ? "Event" : "Label")
              .namespace("dev.braid")
              .fields()
              .requiredString(fields.id())
              .requiredString(fields.key())
              .name(fields.timestamp())
              .type(time())
              .noDefault();
      if (event) {
        record
            .name(fields.features())
            .type()
            .map()
            .values()
            .unionOf()
            .nullType()
            .and()
            .doubleType()
            .and()
            .stringType()
            .endUnion()
            .noDefault();
      }
      return record.optionalString(fields.label()).endRecord();
    } catch (final SchemaParseException noName) {
      throw new IllegalArgumentException(
          "Avro cannot write fields of these names: " + noName.getMessage(), noName);
    }
  }

  static Schema time() {
    return LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG));
  }

  @Override
  public byte[] event(
      final String id,
      final String key,
      final long timestamp,
      final dev.braid.data.Schema schema,
      final Instance instance,
      final boolean labelled) {
    final Map<String, Object> features = new LinkedHashMap<>();
    for (int i = 0; i < instance.x().length; i++) {
      final Feature feature = schema.features().get(i);
      final double value = instance.x()[i];
      features.put(
          feature.name(),
          Double.isNaN(value)
              ? null
              : feature.isNominal() ? feature.values().get((int) value) : (Object) value);
    }
    final boolean withLabel = labelled && instance.label() >= 0;
    final GenericData.Record record =
        record(id, key, timestamp, withLabel ? schema.classes().get(instance.label()) : null);
    record.put(fields.features(), features);
    return out.write(record);
  }

  @Override
  public byte[] label(final String id, final String key, final long timestamp, final String label) {
    return out.write(record(id, key, timestamp, label));
  }

  private GenericData.Record record(
      final String id, final String key, final long timestamp, final String label) {
    final GenericData.Record record = new GenericData.Record(out.schema());
    record.put(fields.id(), id);
    record.put(fields.key(), key);
    record.put(fields.timestamp(), timestamp);
    record.put(fields.label(), label);
    return record;
  }
}
