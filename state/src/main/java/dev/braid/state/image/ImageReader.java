package dev.braid.state.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Reads what {@link ImageWriter} wrote. The checksum is checked first. Then every length is checked
 * against the bytes that are left, so that an image that is not what it should be ends in a {@link
 * MalformedImageException} and neither in a read out of bounds nor in a huge allocation.
 */
public final class ImageReader {
  /** Shorter arrays are read number by number: to set up a bulk copy costs more. */
  static final int SHORT = 24;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final ByteBuffer in;

  /**
   * @param image what {@link ImageWriter#toByteArray} returned; not copied, must not change while
   *     it is read
   * @throws MalformedImageException if the checksum at its end does not match
   */
  public ImageReader(final byte[] image) {
    this(ByteBuffer.wrap(image, 0, checked(image)));
  }

  private static int checked(final byte[] image) {
    final int length = image.length - Integer.BYTES;
    if (length < 0) {
      throw new MalformedImageException("the image ends before its checksum");
    }
    final CRC32C checksum = new CRC32C();
    checksum.update(image, 0, length);
    if ((int) INT.get(image, length) != (int) checksum.getValue()) {
      throw new MalformedImageException("the checksum does not match: the image is damaged");
    }
    return length;
  }

  private ImageReader(final ByteBuffer bytes) {
    in = bytes.order(ByteOrder.LITTLE_ENDIAN);
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
    return need(1).get();
  }

  public boolean getBoolean() {
    final int value = getByte();
    if (value != 0 && value != 1) {
      throw new MalformedImageException("a flag is " + value + " instead of 0 or 1");
    }
    return value == 1;
  }

  public int getInt() {
    return need(Integer.BYTES).getInt();
  }

  public long getLong() {
    return need(Long.BYTES).getLong();
  }

  public double getDouble() {
    return need(Double.BYTES).getDouble();
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
    return new String(getBytes(), StandardCharsets.UTF_8);
  }

  public byte[] getBytes() {
    final byte[] values = new byte[length(1)];
    in.get(values);
    return values;
  }

  public int[] getInts() {
    final int[] values = new int[length(Integer.BYTES)];
    fill(values, 0, values.length);
    return values;
  }

  public long[] getLongs() {
    final long[] values = new long[length(Long.BYTES)];
    in.asLongBuffer().get(values);
    skip(values.length * Long.BYTES);
    return values;
  }

  public float[] getFloats() {
    final float[] values = new float[length(Float.BYTES)];
    if (values.length <= SHORT) {
      final int at = in.position();
      for (int i = 0; i < values.length; i++) {
        values[i] = in.getFloat(at + i * Float.BYTES);
      }
      skip(values.length * Float.BYTES);
      return values;
    }
    in.asFloatBuffer().get(values);
    skip(values.length * Float.BYTES);
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
    in.asFloatBuffer().get(target, from, length);
    skip(length * Float.BYTES);
  }

  private void fill(final int[] target, final int from, final int length) {
    if (length <= SHORT) {
      final int at = in.position();
      for (int i = 0; i < length; i++) {
        target[from + i] = in.getInt(at + i * Integer.BYTES);
      }
      skip(length * Integer.BYTES);
      return;
    }
    in.asIntBuffer().get(target, from, length);
    skip(length * Integer.BYTES);
  }

  private void fill(final double[] target, final int from, final int length) {
    if (length <= SHORT) {
      final int at = in.position();
      for (int i = 0; i < length; i++) {
        target[from + i] = in.getDouble(at + i * Double.BYTES);
      }
      skip(length * Double.BYTES);
      return;
    }
    in.asDoubleBuffer().get(target, from, length);
    skip(length * Double.BYTES);
  }

  /**
   * A reader of its own over some of the bytes not read yet, which stay unread here; nothing is
   * copied.
   *
   * @param from distance from here, in bytes
   * @throws MalformedImageException if the bytes are not all there
   */
  public ImageReader part(final int from, final int length) {
    if (from < 0 || length < 0 || length > in.remaining() - from) {
      throw new MalformedImageException(
          length + " bytes from " + from + " on do not fit the " + in.remaining() + " bytes left");
    }
    return new ImageReader(in.slice(in.position() + from, length));
  }

  /**
   * Counts bytes as read.
   *
   * @throws MalformedImageException if there are not so many
   */
  public void skipBytes(final int bytes) {
    if (bytes < 0) {
      throw new MalformedImageException("a length is " + bytes);
    }
    need(bytes);
    skip(bytes);
  }

  /** Whether what is not read yet begins as an image of that kind does. */
  public boolean isOf(final ImageKind kind) {
    return in.remaining() >= Integer.BYTES && in.getInt(in.position()) == kind.code();
  }

  /** Whether the bytes not read yet are these. */
  public boolean isAt(final byte[] bytes) {
    return in.equals(ByteBuffer.wrap(bytes));
  }

  /** A copy of the bytes not read yet, which stay unread. */
  public byte[] rest() {
    final byte[] bytes = new byte[in.remaining()];
    in.get(in.position(), bytes);
    return bytes;
  }

  /** Bytes not read yet. */
  public int remaining() {
    return in.remaining();
  }

  /**
   * States that the image ends here.
   *
   * @throws MalformedImageException if bytes are left over
   */
  public void end() {
    if (in.hasRemaining()) {
      throw new MalformedImageException(in.remaining() + " bytes follow the end of the image");
    }
  }

  private int length(final int bytesEach) {
    final int length = getInt();
    if (length < 0 || (long) length * bytesEach > in.remaining()) {
      throw new MalformedImageException(
          "an array of " + length + " elements does not fit the " + in.remaining() + " bytes left");
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

  private ByteBuffer need(final int bytes) {
    if (in.remaining() < bytes) {
      throw new MalformedImageException(
          "the image ends at byte " + in.limit() + ", " + bytes + " more were expected");
    }
    return in;
  }

  private void skip(final int bytes) {
    in.position(in.position() + bytes);
  }
}
