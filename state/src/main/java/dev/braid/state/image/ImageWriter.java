package dev.braid.state.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * Writes an image into a growing byte array. Long arrays are copied in bulk, and single numbers
 * byte by byte, for the reason that {@link ImageReader} gives. Not thread-safe; one writer can be
 * {@link #reset() reset} and used again, keeping its buffer.
 */
public final class ImageWriter {
  /** By which {@link #toByteArray} is longer than {@link #size}. */
  public static final int CHECKSUM_BYTES = Integer.BYTES;

  private byte[] bytes;
  private int size;

  /** Of the long arrays written since {@link #noteArrays}; null while they are not noted. */
  private ArrayPlaces arrays;

  /** A writer with a small initial buffer. */
  public ImageWriter() {
    this(256);
  }

  /**
   * @param expectedBytes initial buffer size in bytes; the buffer grows beyond it as needed
   */
  public ImageWriter(final int expectedBytes) {
    bytes = new byte[Math.max(16, expectedBytes)];
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
    final int at = room(1);
    bytes[at] = (byte) value;
    return this;
  }

  public ImageWriter putBoolean(final boolean value) {
    return putByte(value ? 1 : 0);
  }

  public ImageWriter putInt(final int value) {
    set(room(Integer.BYTES), value);
    return this;
  }

  public ImageWriter putLong(final long value) {
    set(room(Long.BYTES), value);
    return this;
  }

  public ImageWriter putDouble(final double value) {
    return putLong(Double.doubleToRawLongBits(value));
  }

  public ImageWriter putString(final String value) {
    return putBytes(value.getBytes(StandardCharsets.UTF_8));
  }

  public ImageWriter putBytes(final byte[] values) {
    final int at = array(values.length, Byte.BYTES);
    System.arraycopy(values, 0, bytes, at, values.length);
    return this;
  }

  public ImageWriter putInts(final int[] values, final int length) {
    return putInts(values, 0, length);
  }

  public ImageWriter putInts(final int[] values, final int from, final int length) {
    final int at = array(length, Integer.BYTES);
    if (length > ImageReader.SHORT) {
      bulk(at).asIntBuffer().put(values, from, length);
      return this;
    }
    for (int i = 0; i < length; i++) {
      set(at + i * Integer.BYTES, values[from + i]);
    }
    return this;
  }

  public ImageWriter putLongs(final long[] values, final int length) {
    final int at = array(length, Long.BYTES);
    if (length > ImageReader.SHORT) {
      bulk(at).asLongBuffer().put(values, 0, length);
      return this;
    }
    for (int i = 0; i < length; i++) {
      set(at + i * Long.BYTES, values[i]);
    }
    return this;
  }

  public ImageWriter putFloats(final float[] values, final int length) {
    return putFloats(values, 0, length);
  }

  public ImageWriter putFloats(final float[] values, final int from, final int length) {
    final int at = array(length, Float.BYTES);
    if (length > ImageReader.SHORT) {
      bulk(at).asFloatBuffer().put(values, from, length);
      return this;
    }
    for (int i = 0; i < length; i++) {
      set(at + i * Float.BYTES, Float.floatToRawIntBits(values[from + i]));
    }
    return this;
  }

  public ImageWriter putDoubles(final double[] values, final int length) {
    return putDoubles(values, 0, length);
  }

  public ImageWriter putDoubles(final double[] values, final int from, final int length) {
    final int at = array(length, Double.BYTES);
    if (length > ImageReader.SHORT) {
      bulk(at).asDoubleBuffer().put(values, from, length);
      return this;
    }
    for (int i = 0; i < length; i++) {
      set(at + i * Double.BYTES, Double.doubleToRawLongBits(values[from + i]));
    }
    return this;
  }

  /** Writes bytes as they are, without their number. */
  public ImageWriter putRaw(final byte[] values) {
    return putRaw(values, values.length);
  }

  ImageWriter putRaw(final byte[] values, final int length) {
    final int at = room(length);
    System.arraycopy(values, 0, bytes, at, length);
    return this;
  }

  /**
   * Changes an int that was written.
   *
   * @param at what {@link #size()} was before it
   */
  public ImageWriter setInt(final int at, final int value) {
    Objects.checkIndex(at, size - Integer.BYTES + 1);
    set(at, value);
    return this;
  }

  /**
   * Forgets what was written since.
   *
   * @param before what {@link #size()} was
   */
  public ImageWriter cutBack(final int before) {
    size = Objects.checkIndex(before, size + 1);
    if (arrays != null) {
      arrays.cutBack(before);
    }
    return this;
  }

  /**
   * Notes from now on where long arrays lie.
   *
   * @param places receives them; null to note none
   * @return what received them before
   */
  ArrayPlaces noteArrays(final ArrayPlaces places) {
    final ArrayPlaces before = arrays;
    arrays = places;
    return before;
  }

  /**
   * Whether what is written is packed with all else of its model, and deflated if that is long, to
   * which arrays lend themselves as they are.
   */
  public boolean isPacked() {
    return arrays != null;
  }

  /** A copy of what was written from some place on. */
  byte[] since(final int from) {
    return Arrays.copyOfRange(bytes, from, size);
  }

  /** Bytes written since the last reset. */
  public int size() {
    return size;
  }

  /** The bytes written so far as one image: a copy, which ends in their checksum (CRC-32C). */
  public byte[] toByteArray() {
    final CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, size);
    final int end = size;
    putInt((int) checksum.getValue());
    final byte[] image = toRaw();
    size = end;
    return image;
  }

  /** A copy of the bytes written so far and nothing else, for {@link #putRaw}. */
  public byte[] toRaw() {
    return Arrays.copyOf(bytes, size);
  }

  /** Forgets what was written and keeps the buffer. */
  public ImageWriter reset() {
    cutBack(0);
    return this;
  }

  /** Writes the length of an array; where its elements begin, which count as written. */
  private int array(final int length, final int bytesEach) {
    putInt(length);
    if (arrays != null && length >= ArrayPlaces.SHORTEST) {
      arrays.add(size, length, bytesEach);
    }
    return room(length * bytesEach);
  }

  private ByteBuffer bulk(final int at) {
    return ByteBuffer.wrap(bytes, at, size - at).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void set(final int at, final int value) {
    bytes[at] = (byte) value;
    bytes[at + 1] = (byte) (value >> 8);
    bytes[at + 2] = (byte) (value >> 16);
    bytes[at + 3] = (byte) (value >> 24);
  }

  private void set(final int at, final long value) {
    set(at, (int) value);
    set(at + Integer.BYTES, (int) (value >> Integer.SIZE));
  }

  /** Where the next so many bytes begin, which count as written; there is room for them. */
  private int room(final int length) {
    final int from = size;
    if (length > bytes.length - from) {
      enlarge(length);
    }
    size = from + length;
    return from;
  }

  private void enlarge(final int length) {
    final long wanted = Math.max(2L * bytes.length, (long) size + length);
    if (wanted > Integer.MAX_VALUE - 16) {
      throw new IllegalStateException("an image chunk cannot exceed 2 GiB");
    }
    bytes = Arrays.copyOf(bytes, (int) wanted);
  }
}
