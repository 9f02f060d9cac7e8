package dev.braid.state.keyed;

import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.MalformedImageException;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Base of serializers that store an immutable value as one image: its length, then the image with
 * its own kind, version and checksum.
 *
 * <p>Each value says in which version it was written, so a newer build can read older state value
 * by value and a checkpoint never needs to be migrated as a whole.
 *
 * @param <T> an immutable type
 */
public abstract class ImageSerializer<T> extends TypeSerializer<T> {
  private static final long serialVersionUID = 1L;

  /** How much is read before it is known whether more is there. */
  private static final int STEP = 1 << 16;

  private final ImageKind kind;
  private transient ImageWriter writer;

  /**
   * @param kind of the values
   */
  protected ImageSerializer(final ImageKind kind) {
    this.kind = kind;
  }

  /** Writes one value; kind and version stand already. */
  protected abstract void write(T value, ImageWriter out);

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws MalformedImageException if the bytes are not a value
   */
  protected abstract T read(ImageReader in);

  @Override
  public final void serialize(final T value, final DataOutputView target) throws IOException {
    if (writer == null) {
      writer = new ImageWriter();
    }
    write(value, writer.reset().begin(kind));
    final byte[] image = writer.toByteArray();
    target.writeInt(image.length);
    target.write(image);
  }

  /**
   * @throws MalformedImageException if the bytes are not a value
   */
  @Override
  public final T deserialize(final DataInputView source) throws IOException {
    final ImageReader in = new ImageReader(bytes(source));
    in.begin(kind);
    final T value = read(in);
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

  /** The array grows with what is there: a length alone allocates nothing. */
  private static byte[] bytes(final DataInputView source) throws IOException {
    final int length = source.readInt();
    if (length < 0) {
      throw new MalformedImageException("an image of " + length + " bytes cannot be");
    }
    byte[] image = new byte[Math.min(length, STEP)];
    int read = 0;
    while (true) {
      source.readFully(image, read, image.length - read);
      read = image.length;
      if (read == length) {
        return image;
      }
      image = Arrays.copyOf(image, (int) Math.min(length, 2L * read));
    }
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
    return other instanceof ImageSerializer<?> serializer && serializer.kind == kind;
  }

  @Override
  public final int hashCode() {
    return kind.hashCode();
  }
}
