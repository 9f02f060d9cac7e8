package dev.braid.state.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Reads what {@link ImageWriter} wrote. The checksum is checked first. Then every length is checked
 * against the bytes that are left, so that an image that is not what it should be ends in a {@link
 * MalformedImageException} and neither in a read out of bounds nor in a huge allocation.
 *
 * <p>Single numbers are put together from their bytes, not read by a {@link ByteBuffer}: its many
 * layers cost ten times as much until all of them are compiled, and a job reads thousands of models
 * before they are.
 */
public final class ImageReader {
  /** Shorter arrays are read number by number: to set up a bulk copy costs more. */
  static final int SHORT = 24;

  private static final long LOW = 0xffff_ffffL;

  private final byte[] bytes;
  private final int end;
  private int at;

  /**
   * @param image what {@link ImageWriter#toByteArray} returned; not copied, must not change while
   *     it is read
   * @throws MalformedImageException if the checksum at its end does not match
   */
  public ImageReader(final byte[] image) {
    this(image, 0, checked(image));
  }

  private static int checked(final byte[] image) {
    final int length = image.length - Integer.BYTES;
    if (length < 0) {
      throw new MalformedImageException("the image ends before its checksum");
    }
    final CRC32C checksum = new CRC32C();
    checksum.update(image, 0, length);
    if (intAt(image, length) != (int) checksum.getValue()) {
      throw new MalformedImageException("the checksum does not match: the image is damaged");
    }
    return length;
  }

  /** Reads some bytes that have no checksum. */
  ImageReader(final byte[] bytes, final int from, final int end) {
    this.bytes = bytes;
    this.end = end;
    at = from;
  }

  private static int intAt(final byte[] bytes, final int at) {
    return (bytes[at] & 0xff)
        | ((bytes[at + 1] & 0xff) << 8)
        | ((bytes[at + 2] & 0xff) << 16)
        | (bytes[at + 3] << 24);
  }

  private static long longAt(final byte[] bytes, final int at) {
    return (intAt(bytes, at) & LOW) | ((long) intAt(bytes, at + Integer.BYTES) << Integer.SIZE);
  }

  /**
   * Reads the opening that {@link ImageWriter#begin(ImageKind)} wrote.
   *
   * @throws MalformedImageException if kind or version is another
   */
  public void begin(final ImageKind kind) {
    final int found = getInt();
    if (found != kind.code()) {
      throw new MalformedImageException(
          "expected an image of kind '"
              + kind.label()
              + "' but found '"
              + ImageKind.label(found)
              + "'");
    }
    final int version = getInt();
    if (version != kind.version()) {
      throw new MalformedImageException(
          "image of kind '"
              + kind.label()
              + "' has version "
              + version
              + ", this build reads "
              + kind.version());
    }
  }

  /**
   * Reads the opening that {@link ImageWriter#begin(ImageKind, String)} wrote.
   *
   * @throws MalformedImageException if kind, version or name is another
   */
  public void begin(final ImageKind kind, final String name) {
    begin(kind);
    if (getInt() != name.hashCode()) {
      throw new MalformedImageException(
          "the image of kind '" + kind.label() + "' is not one of '" + name + "'");
    }
  }

  public int getByte() {
    return bytes[next(1)];
  }

  public boolean getBoolean() {
    final int value = getByte();
    if (value != 0 && value != 1) {
      throw new MalformedImageException("a flag is " + value + " instead of 0 or 1");
    }
    return value == 1;
  }

  public int getInt() {
    return intAt(bytes, next(Integer.BYTES));
  }

  public long getLong() {
    return longAt(bytes, next(Long.BYTES));
  }

  public double getDouble() {
    return Double.longBitsToDouble(longAt(bytes, next(Double.BYTES)));
  }

  /**
   * An int that must lie in a range: counts, indices and enum ordinals.
   *
   * @param what the name used in the error
   */
  public int getIntIn(final int lowest, final int highest, final String what) {
    final int value = getInt();
    if (value < lowest || value > highest) {
      throw outside(what, value, lowest, highest);
    }
    return value;
  }

  /**
   * A long that must lie in a range.
   *
   * @param what the name used in the error
   */
  public long getLongIn(final long lowest, final long highest, final String what) {
    final long value = getLong();
    if (value < lowest || value > highest) {
      throw outside(what, value, lowest, highest);
    }
    return value;
  }

  /** A long that counts something: 0 or more. */
  public long getCount(final String what) {
    return getLongIn(0, Long.MAX_VALUE, what);
  }

  /**
   * A double that must lie in a range; NaN does in none.
   *
   * @param what the name used in the error
   */
  public double getDoubleIn(final double lowest, final double highest, final String what) {
    return checked(getDouble(), lowest, highest, what);
  }

  /** A double that is neither NaN nor infinite. */
  public double getFinite(final String what) {
    return getDoubleIn(-Double.MAX_VALUE, Double.MAX_VALUE, what);
  }

  /**
   * A number that was read, if it lies in a range.
   *
   * @param what the name used in the error
   * @throws MalformedImageException if it does not
   */
  public static double checked(
      final double value, final double lowest, final double highest, final String what) {
    if (!(value >= lowest && value <= highest)) {
      throw outside(what, value, lowest, highest);
    }
    return value;
  }

  /**
   * Checks numbers that were read.
   *
   * @throws MalformedImageException if one is not in the range; NaN never is
   */
  public static void requireIn(
      final double[] values, final double lowest, final double highest, final String what) {
    for (final double value : values) {
      checked(value, lowest, highest, what);
    }
  }

  /** The same for values that may be anything but NaN and infinite. */
  public static void requireFinite(final double[] values, final String what) {
    requireIn(values, -Double.MAX_VALUE, Double.MAX_VALUE, what);
  }

  /** The same for values that may be anything but NaN and infinite. */
  public static void requireFinite(final float[] values, final String what) {
    for (final float value : values) {
      checked(value, -Float.MAX_VALUE, Float.MAX_VALUE, what);
    }
  }

  /** Checks integers that were read. */
  public static void requireIn(
      final int[] values, final int lowest, final int highest, final String what) {
    for (final int value : values) {
      if (value < lowest || value > highest) {
        throw outside(what, value, lowest, highest);
      }
    }
  }

  private static MalformedImageException outside(
      final String what, final Number value, final Number lowest, final Number highest) {
    return new MalformedImageException(
        what + " is " + value + ", allowed are " + lowest + " to " + highest);
  }

  public String getString() {
    final int length = length(1);
    return new String(bytes, next(length), length, StandardCharsets.UTF_8);
  }

  public byte[] getBytes() {
    final byte[] values = new byte[length(1)];
    System.arraycopy(bytes, next(values.length), values, 0, values.length);
    return values;
  }

  /** Bytes as they are, without their number. */
  byte[] getRaw(final int length) {
    final int from = next(length);
    return Arrays.copyOfRange(bytes, from, from + length);
  }

  public int[] getInts() {
    final int[] values = new int[length(Integer.BYTES)];
    fill(values, 0, values.length);
    return values;
  }

  public long[] getLongs() {
    final long[] values = new long[length(Long.BYTES)];
    final int from = next(values.length * Long.BYTES);
    if (values.length > SHORT) {
      bulk(from).asLongBuffer().get(values);
      return values;
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = longAt(bytes, from + i * Long.BYTES);
    }
    return values;
  }

  public float[] getFloats() {
    final float[] values = new float[length(Float.BYTES)];
    fill(values, 0, values.length);
    return values;
  }

  public double[] getDoubles() {
    final double[] values = new double[length(Double.BYTES)];
    fill(values, 0, values.length);
    return values;
  }

  /**
   * Reads an array of known length to its place.
   *
   * @throws MalformedImageException if the array has another length
   */
  public void getInts(final int[] target, final int from, final int length) {
    expectLength(length, Integer.BYTES);
    fill(target, from, length);
  }

  /**
   * Reads an array of known length to its place.
   *
   * @throws MalformedImageException if the array has another length
   */
  public void getDoubles(final double[] target, final int from, final int length) {
    expectLength(length, Double.BYTES);
    fill(target, from, length);
  }

  /**
   * Reads an array of known length to its place.
   *
   * @throws MalformedImageException if the array has another length
   */
  public void getFloats(final float[] target, final int from, final int length) {
    expectLength(length, Float.BYTES);
    fill(target, from, length);
  }

  private void fill(final int[] target, final int from, final int length) {
    final int first = next(length * Integer.BYTES);
    if (length > SHORT) {
      bulk(first).asIntBuffer().get(target, from, length);
      return;
    }
    for (int i = 0; i < length; i++) {
      target[from + i] = intAt(bytes, first + i * Integer.BYTES);
    }
  }

  private void fill(final float[] target, final int from, final int length) {
    final int first = next(length * Float.BYTES);
    if (length > SHORT) {
      bulk(first).asFloatBuffer().get(target, from, length);
      return;
    }
    for (int i = 0; i < length; i++) {
      target[from + i] = Float.intBitsToFloat(intAt(bytes, first + i * Float.BYTES));
    }
  }

  private void fill(final double[] target, final int from, final int length) {
    final int first = next(length * Double.BYTES);
    if (length > SHORT) {
      bulk(first).asDoubleBuffer().get(target, from, length);
      return;
    }
    for (int i = 0; i < length; i++) {
      target[from + i] = Double.longBitsToDouble(longAt(bytes, first + i * Double.BYTES));
    }
  }

  private ByteBuffer bulk(final int from) {
    return ByteBuffer.wrap(bytes, from, end - from).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * A reader of its own over some of the bytes not read yet, which stay unread here; nothing is
   * copied.
   *
   * @param from distance from here, in bytes
   * @throws MalformedImageException if the bytes are not all there
   */
  public ImageReader part(final int from, final int length) {
    if (from < 0 || length < 0 || length > remaining() - from) {
      throw new MalformedImageException(
          length + " bytes from " + from + " on do not fit the " + remaining() + " bytes left");
    }
    return new ImageReader(bytes, at + from, at + from + length);
  }

  /**
   * Counts bytes as read.
   *
   * @throws MalformedImageException if there are not so many
   */
  public void skipBytes(final int length) {
    if (length < 0) {
      throw new MalformedImageException("a length is " + length);
    }
    next(length);
  }

  /** Whether what is not read yet begins as an image of that kind does. */
  public boolean isOf(final ImageKind kind) {
    return remaining() >= Integer.BYTES && intAt(bytes, at) == kind.code();
  }

  /** Whether the bytes not read yet are these. */
  public boolean isAt(final byte[] others) {
    return Arrays.equals(bytes, at, end, others, 0, others.length);
  }

  /** A copy of the bytes not read yet, which stay unread. */
  public byte[] rest() {
    return Arrays.copyOfRange(bytes, at, end);
  }

  /** Bytes not read yet. */
  public int remaining() {
    return end - at;
  }

  /**
   * States that the image ends here.
   *
   * @throws MalformedImageException if bytes are left over
   */
  public void end() {
    if (at < end) {
      throw new MalformedImageException(remaining() + " bytes follow the end of the image");
    }
  }

  private int length(final int bytesEach) {
    final int length = getInt();
    if (length < 0 || (long) length * bytesEach > remaining()) {
      throw new MalformedImageException(
          "an array of " + length + " elements does not fit the " + remaining() + " bytes left");
    }
    return length;
  }

  private void expectLength(final int expected, final int bytesEach) {
    final int found = length(bytesEach);
    if (found != expected) {
      throw new MalformedImageException(
          "an array has " + found + " elements instead of " + expected);
    }
  }

  /** Where the next so many bytes begin, which count as read. */
  private int next(final int length) {
    final int from = at;
    if (length > end - from) {
      throw new MalformedImageException(
          "the image ends at byte " + end + ", " + length + " more were expected");
    }
    at = from + length;
    return from;
  }
}
