package dev.braid.connectors.format;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import java.math.BigDecimal;
import java.util.Set;

/** Single values of Protobuf messages, with the types of Google's that stand for one. */
final class ProtobufValues {
  private static final Set<String> WRAPPERS =
      Set.of(
          "google.protobuf.BoolValue",
          "google.protobuf.BytesValue",
          "google.protobuf.DoubleValue",
          "google.protobuf.FloatValue",
          "google.protobuf.Int32Value",
          "google.protobuf.Int64Value",
          "google.protobuf.StringValue",
          "google.protobuf.UInt32Value",
          "google.protobuf.UInt64Value");

  private static final long NANOS_OF_MILLI = 1_000_000;

  private ProtobufValues() {}

  /**
   * What a field holds; null where it is not there. A field that cannot say whether it is there
   * (one of proto3 without {@code optional}) is not there as an empty text, as no bytes, and as an
   * enum's {@code ..._UNSPECIFIED}; a number is 0 then, and a boolean false.
   */
  static Object of(final Message message, final FieldDescriptor field) {
    if (field.isRepeated()) {
      return message.getField(field);
    }
    if (field.hasPresence()) {
      return message.hasField(field) ? message.getField(field) : null;
    }
    final Object value = message.getField(field);
    final boolean nothing =
        switch (field.getJavaType()) {
          case STRING -> ((String) value).isEmpty();
          case BYTE_STRING -> ((ByteString) value).isEmpty();
          case ENUM ->
              ((EnumValueDescriptor) value).getNumber() == 0
                  && ((EnumValueDescriptor) value).getName().endsWith("UNSPECIFIED");
          default -> false;
        };
    return nothing ? null : value;
  }

  /** Whether a field, if it is there, holds a single value, and not what holds others or bytes. */
  static boolean isSingle(final FieldDescriptor field) {
    return !field.isRepeated()
        && switch (field.getJavaType()) {
          case BYTE_STRING -> false;
          case MESSAGE -> isSingle(field.getMessageType());
          default -> true;
        };
  }

  /** Whether a message stands for a single value. */
  static boolean isSingle(final Descriptor message) {
    return isWrapper(message)
        || switch (message.getFullName()) {
          case ProtobufTypes.TIMESTAMP, ProtobufTypes.DURATION, ProtobufTypes.DECIMAL -> true;
          default -> false;
        };
  }

  static boolean isWrapper(final Descriptor message) {
    return WRAPPERS.contains(message.getFullName());
  }

  static boolean isTimestamp(final FieldDescriptor field) {
    return field.getJavaType() == JavaType.MESSAGE
        && field.getMessageType().getFullName().equals(ProtobufTypes.TIMESTAMP);
  }

  /** A single value as text; null for what holds others, for bytes, times and durations. */
  static String text(final FieldDescriptor field, final Object value) throws Refusal {
    return switch (field.getJavaType()) {
      case STRING, BOOLEAN, FLOAT, DOUBLE -> value.toString();
      case INT -> isUnsigned(field) ? Integer.toUnsignedString((Integer) value) : value.toString();
      case LONG -> isUnsigned(field) ? Long.toUnsignedString((Long) value) : value.toString();
      case ENUM -> name((EnumValueDescriptor) value);
      case MESSAGE -> text((Message) value);
      case BYTE_STRING -> null;
    };
  }

  private static String text(final Message message) throws Refusal {
    final Descriptor type = message.getDescriptorForType();
    if (isWrapper(type)) {
      final FieldDescriptor inner = type.findFieldByNumber(1);
      return text(inner, message.getField(inner));
    }
    return type.getFullName().equals(ProtobufTypes.DECIMAL)
        ? decimal(message).toPlainString()
        : null;
  }

  /** A value that the schema does not name is its number. */
  private static String name(final EnumValueDescriptor value) {
    return value.getIndex() < 0 ? Integer.toString(value.getNumber()) : value.getName();
  }

  private static boolean isUnsigned(final FieldDescriptor field) {
    return switch (field.getType()) {
      case UINT32, UINT64, FIXED32, FIXED64 -> true;
      default -> false;
    };
  }

  /** A number. */
  static double number(final FieldDescriptor field, final Object value) {
    final Number number = (Number) value;
    if (!isUnsigned(field)) {
      return number.doubleValue();
    }
    return value instanceof Integer bits
        ? Integer.toUnsignedLong(bits)
        : new BigDecimal(Long.toUnsignedString(number.longValue())).doubleValue();
  }

  /** A decimal, a time in milliseconds since the epoch, or a duration in seconds. */
  static double number(final Message message) throws Refusal {
    return switch (message.getDescriptorForType().getFullName()) {
      case ProtobufTypes.TIMESTAMP ->
          seconds(message) * 1e3 + nanos(message) / (double) NANOS_OF_MILLI;
      case ProtobufTypes.DURATION -> seconds(message) + nanos(message) / 1e9;
      default -> decimal(message).doubleValue();
    };
  }

  /** Milliseconds since the epoch; -1 where that is a time of no record. */
  static long millis(final Message timestamp) {
    final long seconds = seconds(timestamp);
    return seconds < 0 || seconds > Timestamps.MAX / 1_000
        ? -1
        : seconds * 1_000 + Math.floorDiv(nanos(timestamp), NANOS_OF_MILLI);
  }

  private static long seconds(final Message time) {
    return (Long) time.getField(time.getDescriptorForType().findFieldByNumber(1));
  }

  private static long nanos(final Message time) {
    return (Integer) time.getField(time.getDescriptorForType().findFieldByNumber(2));
  }

  private static BigDecimal decimal(final Message message) throws Refusal {
    final Descriptor type = message.getDescriptorForType();
    return Decimals.of(
        ((ByteString) message.getField(type.findFieldByNumber(1))).toByteArray(),
        (Integer) message.getField(type.findFieldByNumber(3)));
  }
}
