package dev.braid.jobs.operator;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Flink's view of a {@link BlockCodec}. */
final class BlockSerializer<T> extends TypeSerializer<T> {
  private static final long serialVersionUID = 1L;

  private final BlockKind kind;
  private transient BlockCodec<T> codec;

  BlockSerializer(final BlockKind kind) {
    this.kind = kind;
  }

  @SuppressWarnings("unchecked") // A kind and its type belong together: BlockType pairs them.
  private BlockCodec<T> codec() {
    if (codec == null) {
      codec = (BlockCodec<T>) kind.newCodec();
    }
    return codec;
  }

  @Override
  public boolean isImmutableType() {
    return true;
  }

  @Override
  public TypeSerializer<T> duplicate() {
    return new BlockSerializer<>(kind);
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
  public void serialize(final T block, final DataOutputView target) throws IOException {
    codec().write(block, target);
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
    return other instanceof BlockSerializer<?> same && same.kind == kind;
  }

  @Override
  public int hashCode() {
    return kind.name().hashCode();
  }

  @Override
  public TypeSerializerSnapshot<T> snapshotConfiguration() {
    throw new UnsupportedOperationException("blocks are never part of a checkpoint");
  }
}
