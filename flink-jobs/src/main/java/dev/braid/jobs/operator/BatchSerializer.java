package dev.braid.jobs.operator;

import dev.braid.connectors.type.CodecSerializer;
import dev.braid.connectors.type.RecordCodec;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/** The serializer of a kind of batch. */
final class BatchSerializer<T> extends CodecSerializer<T> {
  private static final long serialVersionUID = 1L;

  private final BatchKind kind;

  BatchSerializer(final BatchKind kind) {
    super(kind);
    this.kind = kind;
  }

  @Override
  @SuppressWarnings("unchecked") // A kind and its type belong together: BatchType pairs them.
  protected RecordCodec<T> newCodec() {
    return (RecordCodec<T>) kind.newCodec();
  }

  @Override
  public TypeSerializer<T> duplicate() {
    return new BatchSerializer<>(kind);
  }

  @Override
  public TypeSerializerSnapshot<T> snapshotConfiguration() {
    throw new UnsupportedOperationException("batches are never part of a checkpoint");
  }
}
