package dev.braid.connectors.format;

import com.google.protobuf.AnyProto;
import com.google.protobuf.ApiProto;
import com.google.protobuf.DescriptorProtos;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DurationProto;
import com.google.protobuf.EmptyProto;
import com.google.protobuf.FieldMaskProto;
import com.google.protobuf.SourceContextProto;
import com.google.protobuf.StructProto;
import com.google.protobuf.TimestampProto;
import com.google.protobuf.TypeProto;
import com.google.protobuf.WrappersProto;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Schemas that every schema may import though no registry has them. */
final class ProtobufTypes {
  static final String TIMESTAMP = "google.protobuf.Timestamp";
  static final String DURATION = "google.protobuf.Duration";
  static final String STRUCT = "google.protobuf.Struct";
  static final String VALUE = "google.protobuf.Value";
  static final String LIST = "google.protobuf.ListValue";
  static final String NULL = "google.protobuf.NullValue";
  static final String DECIMAL = "confluent.type.Decimal";

  /** By the name under which they are imported. */
  static final Map<String, FileDescriptor> FILES = files();

  private ProtobufTypes() {}

  private static Map<String, FileDescriptor> files() {
    final Map<String, FileDescriptor> files = new HashMap<>();
    for (final FileDescriptor file :
        List.of(
            AnyProto.getDescriptor(),
            ApiProto.getDescriptor(),
            DescriptorProtos.getDescriptor(),
            DurationProto.getDescriptor(),
            EmptyProto.getDescriptor(),
            FieldMaskProto.getDescriptor(),
            SourceContextProto.getDescriptor(),
            StructProto.getDescriptor(),
            TimestampProto.getDescriptor(),
            TypeProto.getDescriptor(),
            WrappersProto.getDescriptor(),
            decimal())) {
      files.put(file.getName(), file);
    }
    return Map.copyOf(files);
  }

  /** Whether a message is of a type that its schema imports and nobody has. */
  static boolean isUnknown(final Descriptor message) {
    return message.getFile().getName().endsWith(".placeholder.proto");
  }

  /** What Confluent's converters write decimals as. */
  private static FileDescriptor decimal() {
    final FileDescriptorProto file =
        FileDescriptorProto.newBuilder()
            .setName("confluent/type/decimal.proto")
            .setSyntax("proto3")
            .setPackage("confluent.type")
            .addMessageType(
                DescriptorProto.newBuilder()
                    .setName("Decimal")
                    .addField(field("value", 1, FieldDescriptorProto.Type.TYPE_BYTES))
                    .addField(field("precision", 2, FieldDescriptorProto.Type.TYPE_UINT32))
                    .addField(field("scale", 3, FieldDescriptorProto.Type.TYPE_INT32)))
            .build();
    try {
      return FileDescriptor.buildFrom(file, new FileDescriptor[0]);
    } catch (final DescriptorValidationException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** A single field. */
  static FieldDescriptorProto.Builder field(
      final String name, final int number, final FieldDescriptorProto.Type type) {
    return FieldDescriptorProto.newBuilder()
        .setName(name)
        .setNumber(number)
        .setType(type)
        .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL);
  }
}
