package dev.braid.connectors.stream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.braid.connectors.format.FieldNames;
import dev.braid.data.Feature;
import dev.braid.data.Instance;
import dev.braid.data.Schema;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;

/**
 * Writes instances as the records that {@link dev.braid.connectors.format.Formats} reads back: JSON
 * objects or CSV lines. Not thread-safe.
 */
public abstract class EventWriter {
  final FieldNames fields;

  private EventWriter(final FieldNames fields) {
    this.fields = fields;
  }

  /** Events and labels as JSON; missing values are written as null. */
  public static EventWriter json(final FieldNames fields) {
    return new Json(fields);
  }

  /**
   * Events and labels as CSV, in the columns that {@link #eventColumns} and {@link #labelColumns}
   * tell; missing values are empty cells.
   */
  public static EventWriter csv(final FieldNames fields, final char separator) {
    return new Csv(fields, separator);
  }

  /**
   * An event as a record's value.
   *
   * @param schema of the instance
   * @param key of the model, or the empty string for none
   * @param labelled whether to write the label, if the instance has one
   */
  public abstract byte[] event(
      String id, String key, long timestamp, Schema schema, Instance instance, boolean labelled);

  /** A label that comes after its event as a record's value. */
  public abstract byte[] label(String id, String key, long timestamp, String label);

  /** Columns of CSV events for a schema: id, key, timestamp, the features, label. */
  public static List<String> eventColumns(final FieldNames fields, final Schema schema) {
    final List<String> columns = new ArrayList<>();
    columns.add(fields.id());
    columns.add(fields.key());
    columns.add(fields.timestamp());
    schema.features().forEach(feature -> columns.add(feature.name()));
    columns.add(fields.label());
    return List.copyOf(columns);
  }

  /** Columns of CSV labels: id, key, timestamp, label. */
  public static List<String> labelColumns(final FieldNames fields) {
    return List.of(fields.id(), fields.key(), fields.timestamp(), fields.label());
  }

  private static final class Json extends EventWriter {
    private static final JsonFactory JSON = new JsonFactory();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);

    Json(final FieldNames fields) {
      super(fields);
    }

    @Override
    public byte[] event(
        final String id,
        final String key,
        final long timestamp,
        final Schema schema,
        final Instance instance,
        final boolean labelled) {
      final boolean withLabel = labelled && instance.label() >= 0;
      return record(
          id,
          key,
          timestamp,
          withLabel ? schema.classes().get(instance.label()) : null,
          out -> writeFeatures(out, schema, instance.x()));
    }

    @Override
    public byte[] label(
        final String id, final String key, final long timestamp, final String label) {
      return record(id, key, timestamp, label, out -> {});
    }

    private void writeFeatures(final JsonGenerator out, final Schema schema, final double[] x)
        throws IOException {
      out.writeObjectFieldStart(fields.features());
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
      out.writeEndObject();
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
      } catch (final IOException impossible) {
        throw new UncheckedIOException("an event could not be written as JSON", impossible);
      }
      return bytes.toByteArray();
    }
  }

  private static final class Csv extends EventWriter {
    private final CSVFormat format;

    Csv(final FieldNames fields, final char separator) {
      super(fields);
      format = CSVFormat.RFC4180.builder().setDelimiter(separator).get();
    }

    @Override
    public byte[] event(
        final String id,
        final String key,
        final long timestamp,
        final Schema schema,
        final Instance instance,
        final boolean labelled) {
      final List<Object> cells = new ArrayList<>(instance.x().length + 4);
      cells.add(id);
      cells.add(key);
      cells.add(timestamp);
      for (int i = 0; i < instance.x().length; i++) {
        final double value = instance.x()[i];
        final Feature feature = schema.features().get(i);
        if (Double.isNaN(value)) {
          cells.add("");
        } else {
          cells.add(feature.isNominal() ? feature.values().get((int) value) : (Object) value);
        }
      }
      final boolean withLabel = labelled && instance.label() >= 0;
      cells.add(withLabel ? schema.classes().get(instance.label()) : "");
      return line(cells);
    }

    @Override
    public byte[] label(
        final String id, final String key, final long timestamp, final String label) {
      return line(List.of(id, key, timestamp, label));
    }

    private byte[] line(final List<Object> cells) {
      return format.format(cells.toArray()).getBytes(StandardCharsets.UTF_8);
    }
  }
}
