package dev.braid.connectors.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Protobuf schemas of a registry, with those that they import, each asked for once. The registry
 * gives them as descriptors; what people write is never parsed here.
 */
final class ProtobufSchemas {
  private static final int MOST_SCHEMAS = 1_000;
  private static final int DEEPEST_IMPORT = 32;

  /**
   * A schema as another imports it.
   *
   * @param name by which it is imported; empty for a record's own
   */
  private record Import(int number, String name) {}

  private final SchemaRegistry registry;
  private final Map<Import, FileDescriptor> files = new HashMap<>();

  ProtobufSchemas(final SchemaRegistry registry) {
    this.registry = registry;
  }

  /**
   * The schema of a number.
   *
   * @throws Refusal if the registry has none, or another kind of schema
   * @throws UnavailableException if the registry does not answer
   */
  FileDescriptor file(final int number) throws Refusal {
    return file(new Import(number, ""), 0);
  }

  private FileDescriptor file(final Import wanted, final int depth) throws Refusal {
    FileDescriptor file = files.get(wanted);
    if (file == null) {
      if (depth == DEEPEST_IMPORT) {
        throw broken(wanted.number, ": its imports nest more than " + DEEPEST_IMPORT + " deep");
      }
      file = load(wanted, depth);
      if (files.size() >= MOST_SCHEMAS) {
        files.clear();
      }
      files.put(wanted, file);
    }
    return file;
  }

  private FileDescriptor load(final Import wanted, final int depth) throws Refusal {
    final JsonNode answer = registry.descriptor(wanted.number);
    final FileDescriptorProto.Builder proto =
        descriptor(wanted.number, answer.path("schema").textValue());
    if (!wanted.name.isEmpty()) {
      // A registry knows a schema by its subject, and others know it by the name of its file.
      proto.setName(wanted.name);
    }
    final List<FileDescriptor> imports = new ArrayList<>();
    for (final String name : proto.getDependencyList()) {
      final FileDescriptor known = ProtobufTypes.FILES.get(name);
      final Import other = known == null ? reference(answer, name) : null;
      if (known != null) {
        imports.add(known);
      } else if (other != null) {
        imports.add(file(other, depth + 1));
      }
    }
    try {
      // What is imported and not there may be of no use to a record: options, among others.
      return FileDescriptor.buildFrom(proto.build(), imports.toArray(FileDescriptor[]::new), true);
    } catch (final DescriptorValidationException invalid) {
      throw broken(wanted.number, Texts.because(invalid));
    }
  }

  private Import reference(final JsonNode answer, final String name) throws Refusal {
    for (final JsonNode reference : answer.path("references")) {
      if (name.equals(reference.path("name").textValue())) {
        final String subject = reference.path("subject").asText();
        return new Import(registry.number(subject, reference.path("version").asInt()), name);
      }
    }
    return null;
  }

  private FileDescriptorProto.Builder descriptor(final int number, final String text)
      throws Refusal {
    final byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(text);
    } catch (final IllegalArgumentException source) {
      throw new UnavailableException(
          "The schema registry gives schema "
              + Integer.toUnsignedString(number)
              + " as the text of a .proto; the format protobuf needs one that answers"
              + " '?format=serialized' with a descriptor.",
          source);
    }
    try {
      return FileDescriptorProto.parseFrom(bytes).toBuilder();
    } catch (final InvalidProtocolBufferException none) {
      throw broken(number, Texts.because(none));
    }
  }

  private static Refusal broken(final int number, final String because) {
    return new Refusal(
        "schema " + Integer.toUnsignedString(number) + " is no Protobuf schema" + because);
  }
}
