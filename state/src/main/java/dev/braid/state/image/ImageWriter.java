package dev.braid.state.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * Writes an image into a growing byte array. Arrays are copied in bulk. Not thread-safe; one writer
 * can be {@link #reset() reset} and used again, keeping its buffer.
 */
public final class ImageWriter {
  /** By which {@link #toByteArray} is longer than {@link #size}. */
  public static final int CHECKSUM_BYTES = Integer.BYTES;

  private ByteBuffer out;

  /** A writer with a small initial buffer. */
  public ImageWriter() {
    this(256);
  }

  /**
   * @param expectedBytes initial buffer size in bytes; the buffer grows beyond it as needed
   */
  public ImageWriter(final int expectedBytes) {
    out = allocate(Math.max(16, expectedBytes));
  }

  /** Begins an image or a nested part of one. */
  public ImageWriter begin(final ImageKind kind) {
    return putInt(kind.code()).putInt(kind.version());
  }

  /**
   * The same of something that is chosen by name.
   *
   * @param name in its registry
   */
  public ImageWriter begin(final ImageKind kind, final String name) {
    return begin(kind).putInt(name.hashCode());
  }

  public ImageWriter putByte(final int value) {
    room(1).put((byte) value);
    return this;
  }

  public ImageWriter putBoolean(final boolean value) {
    return putByte(value ? 1 : 0);
  }

  public ImageWriter putInt(final int value) {
    room(Integer.BYTES).putInt(value);
    return this;
  }

  public ImageWriter putLong(final long value) {
    room(Long.BYTES).putLong(value);
    return this;
  }

  public ImageWriter putDouble(final double value) {
    room(Double.BYTES).putDouble(value);
    return this;
  }

  public ImageWriter putString(final String value) {
    return putBytes(value.getBytes(StandardCharsets.UTF_8));
  }

  public ImageWriter putBytes(final byte[] values) {
    putInt(values.length);
    room(values.length).put(values);
    return this;
  }

  public ImageWriter putInts(final int[] values, final int length) {
    return putInts(values, 0, length);
  }

  public ImageWriter putInts(final int[] values, final int from, final int length) {
    putInt(length);
    final ByteBuffer target = room(length * Integer.BYTES);
    if (length <= ImageReader.SHORT) {
      final int at = target.position();
      for (int i = 0; i < length; i++) {
        target.putInt(at + i * Integer.BYTES, values[from + i]);
      }
      target.position(at + length * Integer.BYTES);
      return this;
    }
    target.asIntBuffer().put(values, from, length);
    out.position(out.position() + length * Integer.BYTES);
    return this;
  }

  public ImageWriter putLongs(final long[] values, final int length) {
    putInt(length);
    room(length * Long.BYTES).asLongBuffer().put(values, 0, length);
    out.position(out.position() + length * Long.BYTES);
    return this;
  }

  public ImageWriter putFloats(final float[] values, final int length) {
    return putFloats(values, 0, length);
  }

  public ImageWriter putFloats(final float[] values, final int from, final int length) {
    putInt(length);
    final ByteBuffer target = room(length * Float.BYTES);
    if (length <= ImageReader.SHORT) {
      final int at = target.position();
      for (int i = 0; i < length; i++) {
        target.putFloat(at + i * Float.BYTES, values[from + i]);
      }
      target.position(at + length * Float.BYTES);
      return this;
    }
    target.asFloatBuffer().put(values, from, length);
    out.position(out.position() + length * Float.BYTES);
    return this;
  }

  public ImageWriter putDoubles(final double[] values, final int length) {
    return putDoubles(values, 0, length);
  }

  public ImageWriter putDoubles(final double[] values, final int from, final int length) {
    putInt(length);
    final ByteBuffer target = room(length * Double.BYTES);
    if (length <= ImageReader.SHORT) {
      final int at = target.position();
      for (int i = 0; i < length; i++) {
        target.putDouble(at + i * Double.BYTES, values[from + i]);
      }
      target.position(at + length * Double.BYTES);
      return this;
    }
    target.asDoubleBuffer().put(values, from, length);
    out.position(out.position() + length * Double.BYTES);
    return this;
  }

  /** Writes bytes as they are, without their number. */
  public ImageWriter putRaw(final byte[] values) {
    room(values.length).put(values);
    return this;
  }

  /**
   * Changes an int that was written.
   *
   * @param at what {@link #size()} was before it
   */
  public ImageWriter setInt(final int at, final int value) {
    Objects.checkIndex(at, out.position() - Integer.BYTES + 1);
    out.putInt(at, value);
    return this;
  }

  /**
   * Forgets what was written since.
   *
   * @param size what {@link #size()} was
   */
  public ImageWriter cutBack(final int size) {
    Objects.checkIndex(size, out.position() + 1);
    out.position(size);
    return this;
  }

  /** Bytes written since the last reset. */
  public int size() {
    return out.position();
  }

  /** The bytes written so far as one image: a copy, which ends in their checksum (CRC-32C). */
  public byte[] toByteArray() {
    final int length = out.position();
    final CRC32C checksum = new CRC32C();
    checksum.update(out.array(), 0, length);
    final byte[] image = new byte[length + CHECKSUM_BYTES];
    System.arraycopy(out.array(), 0, image, 0, length);
    ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).putInt(length, (int) checksum.getValue());
    return image;
  }

  /** A copy of the bytes written so far and nothing else, for {@link #putRaw}. */
  public byte[] toRaw() {
    return Arrays.copyOf(out.array(), out.position());
  }

  /** Forgets what was written and keeps the buffer. */
  public ImageWriter reset() {
    out.clear();
    return this;
  }

  private ByteBuffer room(final int bytes) {
    if (out.remaining() < bytes) {
      final long wanted = Math.max(2L * out.capacity(), (long) out.position() + bytes);
      if (wanted > Integer.MAX_VALUE - 16) {
        throw new IllegalStateException("an image chunk cannot exceed 2 GiB");
      }
      out = allocate((int) wanted).put(out.array(), 0, out.position());
    }
    return out;
  }

  private static ByteBuffer allocate(final int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
