package dev.braid.connectors.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.braid.data.Feature;
import dev.braid.data.Instance;
import dev.braid.data.Schema;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;

/** Writes events and labels as JSON objects; missing values are null. */
final class JsonWriter implements RecordWriter {
  private static final JsonFactory JSON = new JsonFactory();
  private final FieldNames fields;
  private final boolean flat;
  private final Envelope envelope;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);

  /** What is written around a record. */
  interface Envelope {
    /** All in front of the object that is the record. */
    void open(JsonGenerator out, String id, String key, long timestamp) throws IOException;

    /** All behind it. */
    void close(JsonGenerator out, long timestamp) throws IOException;
  }

  private static final Envelope NONE =
      new Envelope() {
        @Override
        public void open(
            final JsonGenerator out, final String id, final String key, final long timestamp) {}

        @Override
        public void close(final JsonGenerator out, final long timestamp) {}
      };

  /** Features in an object of their own, and nothing around. */
  JsonWriter(final FieldNames fields) {
    this(fields, false, NONE);
  }

  /**
   * @param flat whether the features lie beside the other fields, where none has the name of one
   */
  JsonWriter(final FieldNames fields, final boolean flat, final Envelope envelope) {
    this.fields = fields;
    this.flat = flat;
    this.envelope = envelope;
  }

  @Override
  public byte[] event(
      final String id,
      final String key,
      final long timestamp,
      final Schema schema,
      final Instance instance,
      final boolean labelled) {
    final boolean withLabel = labelled && schema.target().isKnown(instance.target());
    return record(
        id,
        key,
        timestamp,
        withLabel ? schema.target().text(instance.target()) : null,
        out -> writeFeatures(out, schema, instance.x()));
  }

  @Override
  public byte[] label(final String id, final String key, final long timestamp, final String label) {
    return record(id, key, timestamp, label, out -> {});
  }

  private void writeFeatures(final JsonGenerator out, final Schema schema, final double[] x)
      throws IOException {
    final boolean beside = flat && !namesAField(schema);
    if (!beside) {
      out.writeObjectFieldStart(fields.features());
    }
    for (int i = 0; i < x.length; i++) {
      final Feature feature = schema.features().get(i);
      out.writeFieldName(feature.name());
      if (Double.isNaN(x[i])) {
        out.writeNull();
      } else if (feature.isNominal()) {
        out.writeString(feature.values().get((int) x[i]));
      } else if (x[i] == Math.rint(x[i]) && Math.abs(x[i]) < 1e15) {
        out.writeNumber((long) x[i]);
      } else {
        out.writeNumber(x[i]);
      }
    }
    if (!beside) {
      out.writeEndObject();
    }
  }

  private boolean namesAField(final Schema schema) {
    final Set<String> names =
        Set.of(fields.id(), fields.key(), fields.timestamp(), fields.features(), fields.label());
    return schema.features().stream().map(Feature::name).anyMatch(names::contains);
  }

  private interface Features {
    void write(JsonGenerator out) throws IOException;
  }

  private byte[] record(
      final String id,
      final String key,
      final long timestamp,
      final String label,
      final Features features) {
    bytes.reset();
    try (JsonGenerator out = JSON.createGenerator(bytes)) {
      envelope.open(out, id, key, timestamp);
      out.writeStartObject();
      out.writeStringField(fields.id(), id);
      if (!key.isEmpty()) {
        out.writeStringField(fields.key(), key);
      }
      out.writeNumberField(fields.timestamp(), timestamp);
      features.write(out);
      if (label != null) {
        out.writeStringField(fields.label(), label);
      }
      out.writeEndObject();
      envelope.close(out, timestamp);
    } catch (final IOException impossible) {
      throw new UncheckedIOException("an event could not be written as JSON", impossible);
    }
    return bytes.toByteArray();
  }
}
