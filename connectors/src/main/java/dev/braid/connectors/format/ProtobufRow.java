package dev.braid.connectors.format;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import dev.braid.connectors.format.RecordFields.Field;
import dev.braid.data.Feature;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Reads a Protobuf message as {@link JsonRow} reads an object: nested or flat. */
final class ProtobufRow {
  private final Set<String> ignored;

  /**
   * @param ignored paths of what is no feature
   */
  ProtobufRow(final Set<String> ignored) {
    this.ignored = ignored;
  }

  void read(final Message record, final RecordFields into) throws Refusal {
    final boolean flat = into.wantsFeatures() && !holdsFeatures(record, "", into);
    readFields(record, "", flat, into);
  }

  private static boolean holdsFeatures(
      final Message record, final String path, final RecordFields into) {
    for (final FieldDescriptor of : record.getDescriptorForType().getFields()) {
      final String name = below(path, of.getName());
      if (into.field(name) == Field.FEATURES
          || (into.leadsToField(name)
              && ProtobufValues.of(record, of) instanceof Message inner
              && holdsFeatures(inner, name, into))) {
        return true;
      }
    }
    return false;
  }

  private void readFields(
      final Message record, final String path, final boolean flat, final RecordFields into)
      throws Refusal {
    for (final FieldDescriptor of : record.getDescriptorForType().getFields()) {
      final String name = below(path, of.getName());
      final Object value = ProtobufValues.of(record, of);
      final Field field = into.field(name);
      if (field != Field.OTHER) {
        readField(field, of, value, name, into);
      } else if (value instanceof Message inner && into.leadsToField(name)) {
        readFields(inner, name, flat && !ignored.contains(name), into);
      } else if (flat) {
        readFeature(of, value, name, into);
      }
    }
  }

  private void readField(
      final Field field,
      final FieldDescriptor of,
      final Object value,
      final String name,
      final RecordFields into)
      throws Refusal {
    if (field == Field.FEATURES) {
      if (of.getJavaType() != JavaType.MESSAGE
          || ProtobufValues.isSingle(of.getMessageType())
          || (of.isRepeated() && !of.isMapField())) {
        throw wrongType(of, name, "a message or a map of features");
      }
      readFeature(of, value, "", into);
      return;
    }
    if (value == null) {
      return;
    }
    if (field == Field.TIMESTAMP && !of.isRepeated()) {
      if (ProtobufValues.isTimestamp(of)) {
        into.timestampMillis(ProtobufValues.millis((Message) value));
      } else {
        final String text = ProtobufValues.text(of, value);
        into.timestamp(text == null ? "" : text);
      }
      return;
    }
    final String text = of.isRepeated() ? null : ProtobufValues.text(of, value);
    if (text == null || (field != Field.LABEL && of.getJavaType() == JavaType.BOOLEAN)) {
      throw wrongType(
          of, name, field == Field.LABEL ? "text, number or true/false" : "text or number");
    }
    switch (field) {
      case ID -> into.id(text);
      case KEY -> into.key(text);
      default -> into.label(text);
    }
  }

  private static Refusal wrongType(
      final FieldDescriptor of, final String name, final String expected) {
    return new Refusal(
        "field " + Refusal.show(name) + " is of type " + type(of) + " instead of " + expected);
  }

  private static String type(final FieldDescriptor of) {
    final String type =
        of.getJavaType() == JavaType.MESSAGE
            ? of.getMessageType().getFullName()
            : of.getType().toProto().name().substring("TYPE_".length()).toLowerCase(Locale.ROOT);
    return of.isMapField() ? "map" : of.isRepeated() ? "repeated " + type : type;
  }

  private void readFeature(
      final FieldDescriptor of, final Object value, final String name, final RecordFields into)
      throws Refusal {
    if (value == null) {
      if (ProtobufValues.isSingle(of) && !ignored.contains(name)) {
        into.missing(name);
      }
    } else if (of.isMapField()) {
      readMap(of.getMessageType(), (List<?>) value, name, into);
    } else if (of.isRepeated()) {
      final List<?> elements = (List<?>) value;
      for (int i = 0; i < elements.size() && !ignored.contains(name); i++) {
        readOne(of, elements.get(i), name + '[' + i + ']', into);
      }
    } else {
      readOne(of, value, name, into);
    }
  }

  /** Of entries with one key the last counts, as Protobuf has it. */
  private void readMap(
      final Descriptor entry, final List<?> entries, final String name, final RecordFields into)
      throws Refusal {
    if (ignored.contains(name)) {
      return;
    }
    final FieldDescriptor key = entry.findFieldByNumber(1);
    final FieldDescriptor value = entry.findFieldByNumber(2);
    final Map<String, Object> values = new LinkedHashMap<>();
    for (final Object one : entries) {
      final Message pair = (Message) one;
      values.put(ProtobufValues.text(key, pair.getField(key)), pair.getField(value));
    }
    for (final Map.Entry<String, Object> one : values.entrySet()) {
      readOne(value, one.getValue(), below(name, one.getKey()), into);
    }
  }

  private void readOne(
      final FieldDescriptor of, final Object value, final String name, final RecordFields into)
      throws Refusal {
    if (ignored.contains(name)) {
      return;
    }
    switch (of.getJavaType()) {
      case MESSAGE -> readMessage((Message) value, name, into);
      case STRING, BOOLEAN -> into.text(name, value.toString());
      case ENUM -> {
        if (((EnumValueDescriptor) value).getType().getFullName().equals(ProtobufTypes.NULL)) {
          into.missing(name);
        } else {
          into.text(name, ProtobufValues.text(of, value));
        }
      }
      case BYTE_STRING -> throw noFeature(name, "bytes, which is no value to learn from");
      default -> {
        if (into.declared(name) == Feature.Kind.NOMINAL) {
          into.text(name, ProtobufValues.text(of, value));
        } else {
          into.number(name, ProtobufValues.number(of, value));
        }
      }
    }
  }

  private void readMessage(final Message message, final String name, final RecordFields into)
      throws Refusal {
    final Descriptor type = message.getDescriptorForType();
    if (ProtobufTypes.isUnknown(type)) {
      throw noFeature(
          name, type.getFullName() + ", which its schema imports and the registry has not");
    }
    if (ProtobufValues.isWrapper(type)) {
      final FieldDescriptor inner = type.findFieldByNumber(1);
      readOne(inner, message.getField(inner), name, into);
      return;
    }
    switch (type.getFullName()) {
      case ProtobufTypes.STRUCT, ProtobufTypes.LIST -> {
        final FieldDescriptor inner = type.findFieldByNumber(1);
        readFeature(inner, message.getField(inner), name, into);
      }
      case ProtobufTypes.VALUE -> {
        final FieldDescriptor inner = message.getOneofFieldDescriptor(type.getOneofs().get(0));
        if (inner == null) {
          into.missing(name);
        } else {
          readOne(inner, message.getField(inner), name, into);
        }
      }
      case ProtobufTypes.TIMESTAMP, ProtobufTypes.DURATION, ProtobufTypes.DECIMAL ->
          readNumber(ProtobufValues.number(message), name, into);
      default -> {
        for (final FieldDescriptor of : type.getFields()) {
          readFeature(of, ProtobufValues.of(message, of), below(name, of.getName()), into);
        }
      }
    }
  }

  private static void readNumber(final double value, final String name, final RecordFields into)
      throws Refusal {
    if (into.declared(name) == Feature.Kind.NOMINAL) {
      into.text(name, BigDecimal.valueOf(value).toPlainString());
    } else {
      into.number(name, value);
    }
  }

  private static Refusal noFeature(final String name, final String type) {
    return new Refusal(
        "feature "
            + Refusal.show(name)
            + " is of type "
            + type
            + ": leave it out by the option 'ignore'");
  }

  private static String below(final String path, final String name) {
    return path.isEmpty() ? name : path + '.' + name;
  }
}
