package dev.braid.connectors.type;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Flink's view of a {@link Codec}. Records are immutable, so copies are the record itself. */
final class RecordSerializer<T> extends TypeSerializer<T> {
  private final RecordKind kind;
  private transient Codec<T> codec;

  RecordSerializer(final RecordKind kind) {
    this.kind = kind;
  }

  @SuppressWarnings("unchecked") // A kind and its type belong together: RecordTypes pairs them.
  private Codec<T> codec() {
    if (codec == null) {
      codec = (Codec<T>) kind.newCodec();
    }
    return codec;
  }

  @Override
  public boolean isImmutableType() {
    return true;
  }

  /** A serializer with memories of its own, since they are not thread-safe. */
  @Override
  public TypeSerializer<T> duplicate() {
    return new RecordSerializer<>(kind);
  }

  @Override
  public T createInstance() {
    return null;
  }

  @Override
  public T copy(final T from) {
    return from;
  }

  @Override
  public T copy(final T from, final T reuse) {
    return from;
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public void serialize(final T record, final DataOutputView target) throws IOException {
    codec().write(record, target);
  }

  @Override
  public T deserialize(final DataInputView source) throws IOException {
    return codec().read(source);
  }

  @Override
  public T deserialize(final T reuse, final DataInputView source) throws IOException {
    return codec().read(source);
  }

  @Override
  public void copy(final DataInputView source, final DataOutputView target) throws IOException {
    codec().write(codec().read(source), target);
  }

  @Override
  public boolean equals(final Object other) {
    return other instanceof RecordSerializer<?> serializer && serializer.kind == kind;
  }

  @Override
  public int hashCode() {
    return kind.name().hashCode();
  }

  @Override
  public TypeSerializerSnapshot<T> snapshotConfiguration() {
    return new RecordSerializerSnapshot<>(kind);
  }
}
