package dev.braid.connectors.format;

import dev.braid.data.Feature;
import dev.braid.data.Instance;
import dev.braid.data.Schema;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.apache.commons.csv.CSVFormat;

/** Writes events and labels as CSV lines; missing values are empty cells. */
final class CsvWriter implements RecordWriter {
  private final FieldNames fields;
  private final List<String> columns;
  private final CSVFormat format;

  CsvWriter(final FieldNames fields, final List<String> columns, final CSVFormat format) {
    this.fields = fields;
    this.columns = columns;
    this.format = format;
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
    final String label = withLabel ? schema.target().text(instance.target()) : "";
    return line(
        column -> {
          final int feature = schema.featureIndex(column);
          return feature < 0
              ? field(column, id, key, timestamp, label)
              : cell(schema, instance, feature);
        });
  }

  @Override
  public byte[] label(final String id, final String key, final long timestamp, final String label) {
    return line(column -> field(column, id, key, timestamp, label));
  }

  private Object field(
      final String column,
      final String id,
      final String key,
      final long timestamp,
      final String label) {
    if (column.equals(fields.id())) {
      return id;
    }
    if (column.equals(fields.key())) {
      return key;
    }
    if (column.equals(fields.timestamp())) {
      return timestamp;
    }
    return column.equals(fields.label()) ? label : "";
  }

  private static Object cell(final Schema schema, final Instance instance, final int f) {
    final double value = instance.x()[f];
    final Feature feature = schema.features().get(f);
    if (Double.isNaN(value)) {
      return "";
    }
    return feature.isNominal() ? feature.values().get((int) value) : (Object) value;
  }

  private byte[] line(final Function<String, Object> cells) {
    return format.format(columns.stream().map(cells).toArray()).getBytes(StandardCharsets.UTF_8);
  }
}
