package dev.braid.connectors.format;

import dev.braid.connectors.format.RecordFields.Field;
import dev.braid.data.Feature;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericArray;
import org.apache.avro.generic.GenericRecord;

/** Reads an Avro record as {@link JsonRow} reads an object: nested or flat. */
final class AvroRow {
  private final Set<String> ignored;

  /**
   * @param ignored paths of what is no feature
   */
  AvroRow(final Set<String> ignored) {
    this.ignored = ignored;
  }

  void read(final GenericRecord record, final RecordFields into) throws Refusal {
    final boolean flat = into.wantsFeatures() && !holdsFeatures(record, "", into);
    readFields(record, "", flat, into);
  }

  private static boolean holdsFeatures(
      final GenericRecord record, final String path, final RecordFields into) {
    for (final Schema.Field of : record.getSchema().getFields()) {
      final String name = below(path, of.name());
      if (into.field(name) == Field.FEATURES
          || (record.get(of.pos()) instanceof GenericRecord inner
              && into.leadsToField(name)
              && holdsFeatures(inner, name, into))) {
        return true;
      }
    }
    return false;
  }

  private void readFields(
      final GenericRecord record, final String path, final boolean flat, final RecordFields into)
      throws Refusal {
    for (final Schema.Field of : record.getSchema().getFields()) {
      final String name = below(path, of.name());
      final Object value = record.get(of.pos());
      final Field field = into.field(name);
      if (field != Field.OTHER) {
        readField(field, AvroValues.branch(of.schema(), value), value, name, into);
      } else if (value instanceof GenericRecord inner && into.leadsToField(name)) {
        readFields(inner, name, flat && !ignored.contains(name), into);
      } else if (flat) {
        readFeature(of.schema(), value, name, into);
      }
    }
  }

  private void readField(
      final Field field,
      final Schema schema,
      final Object value,
      final String name,
      final RecordFields into)
      throws Refusal {
    if (field == Field.FEATURES) {
      if (!(value instanceof GenericRecord) && !(value instanceof Map)) {
        throw wrongType(schema, name, "a record or a map of features");
      }
      readFeature(schema, value, "", into);
      return;
    }
    if (value == null) {
      return;
    }
    if (field == Field.TIMESTAMP) {
      final long millis = AvroValues.millis(schema, value);
      if (millis != Long.MIN_VALUE) {
        into.timestampMillis(millis);
      } else {
        final String text = AvroValues.text(schema, value);
        into.timestamp(text == null ? "" : text);
      }
      return;
    }
    final String text = AvroValues.text(schema, value);
    if (text == null || (field != Field.LABEL && schema.getType() == Schema.Type.BOOLEAN)) {
      throw wrongType(
          schema, name, field == Field.LABEL ? "text, number or true/false" : "text or number");
    }
    switch (field) {
      case ID -> into.id(text);
      case KEY -> into.key(text);
      default -> into.label(text);
    }
  }

  private static Refusal wrongType(final Schema schema, final String name, final String expected) {
    return new Refusal(
        "field "
            + Refusal.show(name)
            + " is of type "
            + schema.getType().getName()
            + " instead of "
            + expected);
  }

  private void readFeature(
      final Schema declared, final Object value, final String name, final RecordFields into)
      throws Refusal {
    if (ignored.contains(name)) {
      return;
    }
    final Schema schema = AvroValues.branch(declared, value);
    switch (schema.getType()) {
      case NULL -> {
        if (AvroValues.mayBeOne(declared)) {
          into.missing(name);
        }
      }
      case RECORD -> {
        final GenericRecord record = (GenericRecord) value;
        for (final Schema.Field of : schema.getFields()) {
          readFeature(of.schema(), record.get(of.pos()), below(name, of.name()), into);
        }
      }
      case MAP -> {
        for (final Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
          final String key = below(name, entry.getKey().toString());
          readFeature(schema.getValueType(), entry.getValue(), key, into);
        }
      }
      case ARRAY -> {
        final List<?> array = (GenericArray<?>) value;
        for (int i = 0; i < array.size(); i++) {
          readFeature(schema.getElementType(), array.get(i), name + '[' + i + ']', into);
        }
      }
      case STRING, ENUM, BOOLEAN -> into.text(name, value.toString());
      default -> readNumber(schema, value, name, into);
    }
  }

  private static void readNumber(
      final Schema schema, final Object value, final String name, final RecordFields into)
      throws Refusal {
    final String text = AvroValues.text(schema, value);
    if (text == null) {
      throw new Refusal(
          "feature "
              + Refusal.show(name)
              + " is of type "
              + schema.getType().getName()
              + ", which is no value to learn from: leave it out by the option 'ignore'");
    }
    final boolean number = value instanceof Number || AvroValues.isDecimal(schema);
    if (!number || into.declared(name) == Feature.Kind.NOMINAL) {
      into.text(name, text);
    } else {
      into.number(name, AvroValues.number(schema, value));
    }
  }

  private static String below(final String path, final String name) {
    return path.isEmpty() ? name : path + '.' + name;
  }
}
