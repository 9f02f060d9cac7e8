package dev.braid.connectors.type;

import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Names a {@link RecordSerializer} to Flink. */
final class RecordTypeInfo<T> extends CodecTypeInfo<T> {
  private static final long serialVersionUID = 1L;

  private final RecordKind kind;

  @SuppressWarnings("unchecked") // A kind and its type belong together: RecordTypes pairs them.
  RecordTypeInfo(final RecordKind kind) {
    super(kind, (Class<T>) kind.type());
    this.kind = kind;
  }

  @Override
  public TypeSerializer<T> createSerializer(final SerializerConfig config) {
    return new RecordSerializer<>(kind);
  }
}
