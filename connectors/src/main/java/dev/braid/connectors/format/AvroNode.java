package dev.braid.connectors.format;

import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/** A value in an Avro record. */
final class AvroNode implements Node {
  private final AvroRow row;
  private final Schema schema;
  private final Object value;

  private AvroNode(final AvroRow row, final Schema schema, final Object value) {
    this.row = row;
    this.schema = schema;
    this.value = value;
  }

  /**
   * A record.
   *
   * @param row reads records in it
   */
  static AvroNode of(final GenericRecord record, final AvroRow row) {
    return new AvroNode(row, record.getSchema(), record);
  }

  @Override
  public Node get(final String name) {
    if (!(value instanceof final GenericRecord record)) {
      return null;
    }
    final Schema.Field field = schema.getField(name);
    final Object inner = field == null ? null : record.get(field.pos());
    return inner == null
        ? null
        : new AvroNode(row, AvroValues.branch(field.schema(), inner), inner);
  }

  @Override
  public String text() throws Refusal {
    return AvroValues.text(schema, value);
  }

  @Override
  public boolean isObject() {
    return value instanceof GenericRecord;
  }

  @Override
  public void read(final RecordFields into) throws Refusal {
    row.read((GenericRecord) value, into);
  }
}
