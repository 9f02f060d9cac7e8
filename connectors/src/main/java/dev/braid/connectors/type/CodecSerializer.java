package dev.braid.connectors.type;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Flink's view of a {@link RecordCodec}. What it writes is immutable, so copies are the thing
 * itself.
 *
 * @param <T> what is written
 */
public abstract class CodecSerializer<T> extends TypeSerializer<T> {
  private static final long serialVersionUID = 1L;

  private final Enum<?> kind;
  private transient RecordCodec<T> codec;

  /**
   * @param kind of what is written; serializers of one class and kind are equal
   */
  protected CodecSerializer(final Enum<?> kind) {
    this.kind = kind;
  }

  /** A codec of this serializer's own, since codecs are not thread-safe. */
  protected abstract RecordCodec<T> newCodec();

  private RecordCodec<T> codec() {
    if (codec == null) {
      codec = newCodec();
    }
    return codec;
  }

  @Override
  public boolean isImmutableType() {
    return true;
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
    return other instanceof CodecSerializer<?> same
        && same.getClass() == getClass()
        && same.kind == kind;
  }

  @Override
  public int hashCode() {
    return kind.name().hashCode();
  }
}
