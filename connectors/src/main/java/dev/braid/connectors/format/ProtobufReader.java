package dev.braid.connectors.format;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import java.io.IOException;
import java.util.List;

/**
 * One Protobuf message per record. The record begins with the number of the schema it was written
 * with and the place of its message there, by which it is read. A number that the registry does not
 * know costs that record alone; a registry that does not answer costs none.
 */
final class ProtobufReader implements RecordReader {
  /** Messages nest in each other no deeper, in a schema that a person wrote. */
  private static final int DEEPEST_MESSAGE = 32;

  private final ProtobufSchemas schemas;
  private final ProtobufRow row;
  private final ChangeEvents changes;

  ProtobufReader(final FormatSettings settings) {
    schemas = new ProtobufSchemas(new SchemaRegistry(RegistryOptions.of(settings.options())));
    row = new ProtobufRow(Ignored.of(settings.options()));
    changes =
        ChangeEvents.areIn(settings.options())
            ? new ChangeEvents(settings.decoding().fields())
            : null;
  }

  @Override
  public void read(final byte[] value, final RecordFields into) throws Refusal, IOException {
    final int number = SchemaRegistry.number(value);
    final FileDescriptor file = schemas.file(number);
    final int from = SchemaRegistry.HEADER;
    final CodedInputStream in = CodedInputStream.newInstance(value, from, value.length - from);
    final DynamicMessage message = message(number, file, in);
    if (changes == null) {
      row.read(message, into);
    } else {
      changes.read(ProtobufNode.of(message, row), into);
    }
  }

  private static DynamicMessage message(
      final int number, final FileDescriptor file, final CodedInputStream in) throws Refusal {
    final Descriptor type = type(number, file, in);
    try {
      final DynamicMessage message = DynamicMessage.parseFrom(type, in);
      in.checkLastTagWas(0);
      return message;
    } catch (final IOException | RuntimeException broken) {
      throw new Refusal(
          "the record does not fit its schema, "
              + Integer.toUnsignedString(number)
              + Texts.because(broken));
    }
  }

  /**
   * The message's type: how deep it lies in others, and its place at every depth; 0 is the first.
   */
  private static Descriptor type(
      final int number, final FileDescriptor file, final CodedInputStream in) throws Refusal {
    try {
      final int depth = in.readSInt32();
      if (depth < 0 || depth > DEEPEST_MESSAGE) {
        throw new Refusal("the record says that its message lies " + depth + " deep in its schema");
      }
      List<Descriptor> among = file.getMessageTypes();
      Descriptor type = null;
      for (int i = 0; i < Math.max(1, depth); i++) {
        final int at = depth == 0 ? 0 : in.readSInt32();
        if (at < 0 || at >= among.size()) {
          throw new Refusal(
              "the record is message "
                  + at
                  + " of schema "
                  + Integer.toUnsignedString(number)
                  + ", which has "
                  + among.size()
                  + (type == null ? "" : " in " + type.getFullName()));
        }
        type = among.get(at);
        among = type.getNestedTypes();
      }
      return type;
    } catch (final IOException cut) {
      throw new Refusal("the record ends before it says which message it is");
    }
  }
}
