package dev.braid.connectors.format;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MessageOptions;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.NullValue;
import com.google.protobuf.StructProto;
import com.google.protobuf.Timestamp;
import com.google.protobuf.TimestampProto;
import com.google.protobuf.Value;
import dev.braid.data.Feature;
import dev.braid.data.Instance;
import dev.braid.data.Schema;
import java.util.Arrays;
import java.util.Base64;

/**
 * Writes events, their features as a map, since names of features need not be names of Protobuf's,
 * and labels. The schema is registered, as a descriptor, with the first of them. Not thread-safe.
 */
final class ProtobufWriter implements RecordWriter {
  private static final int ID = 1;
  private static final int KEY = 2;
  private static final int TIME = 3;
  private static final int FEATURES = 4;
  private static final int LABEL = 5;

  private final SchemaRegistry registry;
  private final String subject;
  private final Descriptor type;
  private byte[] header;

  ProtobufWriter(final FormatSettings settings) {
    ChangeEvents.refuseToWrite(settings.options());
    registry = new SchemaRegistry(RegistryOptions.of(settings.options()));
    subject =
        RegistryOptions.subject(
            settings.options(), settings.isEvent() ? "braid-events" : "braid-labels");
    final FileDescriptorProto file = file(settings.decoding().fields(), settings.isEvent());
    try {
      type =
          FileDescriptor.buildFrom(
                  file,
                  new FileDescriptor[] {
                    TimestampProto.getDescriptor(), StructProto.getDescriptor()
                  })
              .getMessageTypes()
              .get(0);
    } catch (final DescriptorValidationException noName) {
      throw new IllegalArgumentException(
          "Protobuf cannot write fields of these names: " + noName.getDescription(), noName);
    }
  }

  private static FileDescriptorProto file(final FieldNames fields, final boolean event) {
    final DescriptorProto.Builder message =
        DescriptorProto.newBuilder()
            .setName(event ? "Event" : "Label")
            .addField(ProtobufTypes.field(fields.id(), ID, FieldDescriptorProto.Type.TYPE_STRING))
            .addField(ProtobufTypes.field(fields.key(), KEY, FieldDescriptorProto.Type.TYPE_STRING))
            .addField(
                ProtobufTypes.field(
                        fields.timestamp(), TIME, FieldDescriptorProto.Type.TYPE_MESSAGE)
                    .setTypeName('.' + ProtobufTypes.TIMESTAMP));
    if (event) {
      final String entry = entryName(fields.features());
      message
          .addField(
              ProtobufTypes.field(
                      fields.features(), FEATURES, FieldDescriptorProto.Type.TYPE_MESSAGE)
                  .setTypeName(entry)
                  .setLabel(FieldDescriptorProto.Label.LABEL_REPEATED))
          .addNestedType(
              DescriptorProto.newBuilder()
                  .setName(entry)
                  .setOptions(MessageOptions.newBuilder().setMapEntry(true))
                  .addField(ProtobufTypes.field("key", 1, FieldDescriptorProto.Type.TYPE_STRING))
                  .addField(
                      ProtobufTypes.field("value", 2, FieldDescriptorProto.Type.TYPE_MESSAGE)
                          .setTypeName('.' + ProtobufTypes.VALUE)));
    }
    return FileDescriptorProto.newBuilder()
        .setName(event ? "braid_event.proto" : "braid_label.proto")
        .setSyntax("proto3")
        .setPackage("dev.braid")
        .addDependency(TimestampProto.getDescriptor().getName())
        .addDependency(StructProto.getDescriptor().getName())
        .addMessageType(
            message
                .addField(
                    ProtobufTypes.field(
                            fields.label(), LABEL, FieldDescriptorProto.Type.TYPE_STRING)
                        .setProto3Optional(true)
                        .setOneofIndex(0))
                .addOneofDecl(OneofDescriptorProto.newBuilder().setName('_' + fields.label())))
        .build();
  }

  /** The name that a map's entries have by Protobuf's rule. */
  private static String entryName(final String field) {
    final StringBuilder name = new StringBuilder();
    for (final String word : field.split("_", -1)) {
      if (!word.isEmpty()) {
        name.append(Character.toUpperCase(word.charAt(0))).append(word, 1, word.length());
      }
    }
    return name.append("Entry").toString();
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
    final DynamicMessage.Builder message =
        message(id, key, timestamp, withLabel ? schema.classes().get(instance.label()) : null);
    final FieldDescriptor features = type.findFieldByNumber(FEATURES);
    final Descriptor entry = features.getMessageType();
    for (int i = 0; i < instance.x().length; i++) {
      final Feature feature = schema.features().get(i);
      message.addRepeatedField(
          features,
          DynamicMessage.newBuilder(entry)
              .setField(entry.findFieldByNumber(1), feature.name())
              .setField(entry.findFieldByNumber(2), value(feature, instance.x()[i]))
              .build());
    }
    return write(message);
  }

  private static Value value(final Feature feature, final double x) {
    final Value.Builder value = Value.newBuilder();
    if (Double.isNaN(x)) {
      value.setNullValue(NullValue.NULL_VALUE);
    } else if (feature.isNominal()) {
      value.setStringValue(feature.values().get((int) x));
    } else {
      value.setNumberValue(x);
    }
    return value.build();
  }

  @Override
  public byte[] label(final String id, final String key, final long timestamp, final String label) {
    return write(message(id, key, timestamp, label));
  }

  private DynamicMessage.Builder message(
      final String id, final String key, final long timestamp, final String label) {
    final DynamicMessage.Builder message =
        DynamicMessage.newBuilder(type)
            .setField(type.findFieldByNumber(ID), id)
            .setField(type.findFieldByNumber(KEY), key)
            .setField(
                type.findFieldByNumber(TIME),
                Timestamp.newBuilder()
                    .setSeconds(Math.floorDiv(timestamp, 1_000L))
                    .setNanos((int) Math.floorMod(timestamp, 1_000L) * 1_000_000)
                    .build());
    if (label != null) {
      message.setField(type.findFieldByNumber(LABEL), label);
    }
    return message;
  }

  private byte[] write(final DynamicMessage.Builder message) {
    if (header == null) {
      // The byte after the schema's number, 0, says that the message is the first of the schema.
      header = new byte[SchemaRegistry.HEADER + 1];
      final String schema =
          Base64.getEncoder().encodeToString(type.getFile().toProto().toByteArray());
      SchemaRegistry.number(registry.register(subject, "PROTOBUF", schema), header);
    }
    final byte[] body = message.build().toByteArray();
    final byte[] record = Arrays.copyOf(header, header.length + body.length);
    System.arraycopy(body, 0, record, header.length, body.length);
    return record;
  }
}
