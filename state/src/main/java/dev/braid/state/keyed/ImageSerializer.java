package dev.braid.state.keyed;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Base of serializers that store an immutable value as one image: its length, then the image with
 * its own kind and version.
 *
 * <p>Each value says in which version it was written, so a newer build reads older state value by
 * value and a checkpoint never needs to be migrated as a whole.
 *
 * @param <T> an immutable type
 */
public abstract class ImageSerializer<T> extends TypeSerializer<T> {
  private static final long serialVersionUID = 1L;
  private static final int HIGHEST_LENGTH = Integer.MAX_VALUE - 16;

  private final String kind;
  private final int version;
  private transient ImageWriter writer;

  /**
   * @param kind four ASCII letters that name the values
   * @param version the version that {@link #write} writes, 1 or more
   */
  protected ImageSerializer(final String kind, final int version) {
    this.kind = kind;
    this.version = version;
  }

  /** Writes one value; kind and version stand already. */
  protected abstract void write(T value, ImageWriter out);

  /**
   * Reads what {@link #write} wrote.
   *
   * @param version the version the value was written in, at most the newest
   */
  protected abstract T read(ImageReader in, int version);

  @Override
  public final void serialize(final T value, final DataOutputView target) throws IOException {
    if (writer == null) {
      writer = new ImageWriter();
    }
    write(value, writer.reset().begin(kind, version));
    final byte[] image = writer.toByteArray();
    target.writeInt(image.length);
    target.write(image);
  }

  @Override
  public final T deserialize(final DataInputView source) throws IOException {
    final ImageReader in = new ImageReader(bytes(source));
    final T value = read(in, in.begin(kind, version));
    in.end();
    return value;
  }

  @Override
  public final T deserialize(final T reuse, final DataInputView source) throws IOException {
    return deserialize(source);
  }

  @Override
  public final void copy(final DataInputView source, final DataOutputView target)
      throws IOException {
    final byte[] image = bytes(source);
    target.writeInt(image.length);
    target.write(image);
  }

  private static byte[] bytes(final DataInputView source) throws IOException {
    final int length = source.readInt();
    if (length < 0 || length > HIGHEST_LENGTH) {
      throw new IOException("an image of " + length + " bytes cannot be");
    }
    final byte[] image = new byte[length];
    source.readFully(image);
    return image;
  }

  @Override
  public final boolean isImmutableType() {
    return true;
  }

  /** Values cannot be made without content; nothing in Flink needs one of an immutable type. */
  @Override
  public final T createInstance() {
    return null;
  }

  @Override
  public final T copy(final T from) {
    return from;
  }

  @Override
  public final T copy(final T from, final T reuse) {
    return from;
  }

  /** Values have no fixed length. */
  @Override
  public final int getLength() {
    return -1;
  }

  /** Serializers of one kind are alike; beside it each keeps only a buffer. */
  @Override
  public final boolean equals(final Object other) {
    return other instanceof ImageSerializer<?> serializer && serializer.kind.equals(kind);
  }

  @Override
  public final int hashCode() {
    return kind.hashCode();
  }
}
