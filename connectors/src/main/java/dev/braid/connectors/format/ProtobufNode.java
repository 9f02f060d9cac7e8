package dev.braid.connectors.format;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;

/** A value in a Protobuf message. */
final class ProtobufNode implements Node {
  private final ProtobufRow row;
  private final FieldDescriptor field;
  private final Object value;

  private ProtobufNode(final ProtobufRow row, final FieldDescriptor field, final Object value) {
    this.row = row;
    this.field = field;
    this.value = value;
  }

  /**
   * A record.
   *
   * @param row reads messages in it
   */
  static ProtobufNode of(final Message record, final ProtobufRow row) {
    return new ProtobufNode(row, null, record);
  }

  @Override
  public Node get(final String name) {
    if (!(value instanceof final Message message)) {
      return null;
    }
    final FieldDescriptor inner = message.getDescriptorForType().findFieldByName(name);
    final Object there = inner == null ? null : ProtobufValues.of(message, inner);
    return there == null ? null : new ProtobufNode(row, inner, there);
  }

  @Override
  public String text() throws Refusal {
    return field == null || field.isRepeated() ? null : ProtobufValues.text(field, value);
  }

  @Override
  public boolean isObject() {
    return value instanceof Message;
  }

  @Override
  public void read(final RecordFields into) throws Refusal {
    row.read((Message) value, into);
  }
}
