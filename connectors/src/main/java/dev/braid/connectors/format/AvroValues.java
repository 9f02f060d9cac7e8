package dev.braid.connectors.format;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericFixed;

/** Single values of Avro records, with their logical types. */
final class AvroValues {
  private static final int UUID_BYTES = 16;

  private AvroValues() {}

  /** The schema that a value has of a union; any other schema as it is. */
  static Schema branch(final Schema schema, final Object value) {
    return schema.isUnion()
        ? schema.getTypes().get(GenericData.get().resolveUnion(schema, value))
        : schema;
  }

  /** Whether something of the schema may be a single value, and not only what holds others. */
  static boolean mayBeOne(final Schema schema) {
    if (!schema.isUnion()) {
      return true;
    }
    return schema.getTypes().stream()
        .map(Schema::getType)
        .anyMatch(
            type ->
                type != Schema.Type.NULL
                    && type != Schema.Type.RECORD
                    && type != Schema.Type.MAP
                    && type != Schema.Type.ARRAY);
  }

  static boolean isDecimal(final Schema schema) {
    return schema.getLogicalType() instanceof LogicalTypes.Decimal;
  }

  /** A single value as text; null for what holds others and for bytes that are no decimal. */
  static String text(final Schema schema, final Object value) throws Refusal {
    return switch (schema.getType()) {
      case STRING, ENUM, BOOLEAN, INT, LONG, FLOAT, DOUBLE -> value.toString();
      case BYTES, FIXED -> bytesAsText(schema, value);
      default -> null;
    };
  }

  private static String bytesAsText(final Schema schema, final Object value) throws Refusal {
    if (isDecimal(schema)) {
      return decimal(schema, value).toPlainString();
    }
    final LogicalType type = schema.getLogicalType();
    final byte[] bytes = bytes(value);
    if (type == null || !type.getName().equals("uuid") || bytes.length != UUID_BYTES) {
      return null;
    }
    final ByteBuffer halves = ByteBuffer.wrap(bytes);
    return new UUID(halves.getLong(), halves.getLong()).toString();
  }

  /** A number, or a decimal of bytes. */
  static double number(final Schema schema, final Object value) throws Refusal {
    return value instanceof Number number
        ? number.doubleValue()
        : decimal(schema, value).doubleValue();
  }

  private static BigDecimal decimal(final Schema schema, final Object value) throws Refusal {
    final byte[] bytes = bytes(value);
    final int scale = ((LogicalTypes.Decimal) schema.getLogicalType()).getScale();
    return Decimals.of(bytes, scale);
  }

  private static byte[] bytes(final Object value) {
    if (value instanceof GenericFixed fixed) {
      return fixed.bytes();
    }
    final ByteBuffer buffer = ((ByteBuffer) value).duplicate();
    final byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  /** Milliseconds since the epoch of a value whose type says that it is a time; else the least. */
  static long millis(final Schema schema, final Object value) {
    final LogicalType type = schema.getLogicalType();
    if (type == null || !(value instanceof final Number count)) {
      return Long.MIN_VALUE;
    }
    final long number = count.longValue();
    return switch (type.getName()) {
      case "timestamp-millis", "local-timestamp-millis" -> number;
      case "timestamp-micros", "local-timestamp-micros" -> Math.floorDiv(number, 1_000L);
      case "timestamp-nanos", "local-timestamp-nanos" -> Math.floorDiv(number, 1_000_000L);
      case "date" -> TimeUnit.DAYS.toMillis(number);
      default -> Long.MIN_VALUE;
    };
  }
}
