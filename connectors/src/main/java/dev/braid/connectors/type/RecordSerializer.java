package dev.braid.connectors.type;

import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/** The serializer of a kind of record. */
final class RecordSerializer<T> extends CodecSerializer<T> {
  private static final long serialVersionUID = 1L;

  private final RecordKind kind;

  RecordSerializer(final RecordKind kind) {
    super(kind);
    this.kind = kind;
  }

  @Override
  @SuppressWarnings("unchecked") // A kind and its type belong together: RecordTypes pairs them.
  protected RecordCodec<T> newCodec() {
    return (RecordCodec<T>) kind.newCodec();
  }

  @Override
  public TypeSerializer<T> duplicate() {
    return new RecordSerializer<>(kind);
  }

  @Override
  public TypeSerializerSnapshot<T> snapshotConfiguration() {
    return new RecordSerializerSnapshot<>(kind);
  }
}
