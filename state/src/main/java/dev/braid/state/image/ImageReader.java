package dev.braid.state.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Reads what {@link ImageWriter} wrote. Every length is checked against the bytes that are left, so
 * that a damaged image ends in a {@link MalformedImageException} and neither in a read out of
 * bounds nor in a huge allocation.
 */
public final class ImageReader {
  /** Shorter arrays are read number by number: to set up a bulk copy costs more. */
  static final int SHORT = 24;

  private final ByteBuffer in;

  /**
   * @param image the bytes of one image; not copied, must not change while it is read
   */
  public ImageReader(final byte[] image) {
    this(ByteBuffer.wrap(image));
  }

  private ImageReader(final ByteBuffer bytes) {
    in = bytes.order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Reads the opening that {@link ImageWriter#begin} wrote.
   *
   * @param kind the four ASCII letters expected
   * @param newestVersion the newest format version the caller can read
   * @return the version found, between 1 and {@code newestVersion}
   * @throws MalformedImageException if kind or version is another
   */
  public int begin(final String kind, final int newestVersion) {
    final int found = getInt();
    if (found != kindCode(kind)) {
      throw new MalformedImageException(
          "expected an image of kind '" + kind + "' but found '" + kindName(found) + "'");
    }
    final int version = getInt();
    if (version < 1 || version > newestVersion) {
      throw new MalformedImageException(
          "image of kind '"
              + kind
              + "' has version "
              + version
              + ", this build reads 1 to "
              + newestVersion);
    }
    return version;
  }

  /**
   * Checks that what is left ends in the checksum {@link ImageWriter#seal} wrote and that nothing
   * before it was changed; the checksum counts as read.
   *
   * @throws MalformedImageException if it does not
   */
  public void checkSeal() {
    final int sealed = in.remaining() - Integer.BYTES;
    if (sealed < 0) {
      throw new MalformedImageException("the image ends before its checksum");
    }
    final CRC32C checksum = new CRC32C();
    checksum.update(in.slice(in.position(), sealed));
    if (in.getInt(in.position() + sealed) != (int) checksum.getValue()) {
      throw new MalformedImageException("the checksum does not match: the image is damaged");
    }
    in.limit(in.position() + sealed);
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

  public boolean[] getBooleans() {
    final boolean[] values = new boolean[length(1)];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.get() != 0;
    }
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

  static int kindCode(final String kind) {
    if (kind.length() != 4) {
      throw new IllegalArgumentException("an image kind has four letters, not '" + kind + "'");
    }
    return kind.charAt(0) | kind.charAt(1) << 8 | kind.charAt(2) << 16 | kind.charAt(3) << 24;
  }

  private static String kindName(final int code) {
    final StringBuilder name = new StringBuilder(4);
    for (int shift = 0; shift < 32; shift += 8) {
      final char c = (char) (code >>> shift & 0xff);
      name.append(c >= ' ' && c < 127 ? c : '?');
    }
    return name.toString();
  }
}
