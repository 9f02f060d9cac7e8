package dev.braid.state.image;

import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * A part of an image, deflated with the bytes of its arrays shuffled: all first bytes of their
 * numbers in a row, then all second ones and so on, since first bytes are like first bytes and the
 * last ones of most numbers like nothing (Masui and others, "A compression scheme for radio data in
 * high performance computing", 2015, section 3.1).
 *
 * <p>Layout: fifteen streams, each an int of its bytes, an int of the bytes it takes here, and
 * these, deflated if they are fewer
 *
 * <pre>
 * places  of each array: bytes between the last one and it, elements, width, each as a number in
 *         seven bits a byte, the lowest first, with the highest bit where more follow
 * rest    what lies between the arrays, and behind the last
 * bytes   arrays of bytes
 * 4       of arrays of four bytes an element: the first bytes, the second, third and fourth ones
 * 8       of eight
 * </pre>
 */
final class DeflatedBytes {
  private static final int PLACES = 0;
  private static final int REST = 1;
  private static final int STREAMS = 15;

  private static final int LEVEL = Deflater.BEST_SPEED;

  /** A stream that became shorter than that by deflating is none. */
  private static final int MOST_TIMES = 256;

  private final byte[][] stream = new byte[STREAMS][];
  private final int[] size = new int[STREAMS];

  private DeflatedBytes() {}

  /**
   * Writes bytes.
   *
   * @param bytes all of them
   * @param arrays that lie in them
   * @param from what the places of the arrays count from
   */
  static void write(
      final byte[] bytes, final ArrayPlaces arrays, final int from, final ImageWriter out) {
    final DeflatedBytes deflated = new DeflatedBytes();
    deflated.takeApart(bytes, arrays, from);
    final Deflater deflater = new Deflater(LEVEL, true);
    try {
      for (int s = 0; s < STREAMS; s++) {
        deflated.deflate(s, deflater, out);
      }
    } finally {
      deflater.end();
    }
  }

  /** The first of the streams for arrays of a width. */
  private static int streamOf(final int width) {
    return REST + (width == 1 ? 1 : width == Integer.BYTES ? 2 : 6);
  }

  private void takeApart(final byte[] bytes, final ArrayPlaces arrays, final int from) {
    final int count = arrays.count();
    size[REST] = bytes.length;
    for (int a = 0; a < count; a++) {
      final int width = arrays.width(a);
      size[REST] -= width * arrays.length(a);
      for (int k = 0; k < width; k++) {
        size[streamOf(width) + k] += arrays.length(a);
      }
    }
    size[PLACES] = count * (2 * 5 + 1);
    allocate();
    int at = 0;
    for (int a = 0; a < count; a++) {
      final int place = arrays.at(a) - from;
      final int length = arrays.length(a);
      final int width = arrays.width(a);
      put(place - at);
      put(length);
      put(width);
      rest(bytes, at, place);
      for (int k = 0; k < width; k++) {
        final int s = streamOf(width) + k;
        final byte[] to = stream[s];
        final int first = size[s];
        for (int i = 0; i < length; i++) {
          to[first + i] = bytes[place + k + i * width];
        }
        size[s] = first + length;
      }
      at = place + width * length;
    }
    rest(bytes, at, bytes.length);
  }

  /** Makes room for all streams, in which nothing lies then. */
  private void allocate() {
    for (int s = 0; s < STREAMS; s++) {
      stream[s] = new byte[size[s]];
      size[s] = 0;
    }
  }

  private void put(final int value) {
    int left = value;
    while (left >= 0x80) {
      stream[PLACES][size[PLACES]++] = (byte) (left | 0x80);
      left >>>= 7;
    }
    stream[PLACES][size[PLACES]++] = (byte) left;
  }

  private void rest(final byte[] bytes, final int at, final int end) {
    System.arraycopy(bytes, at, stream[REST], size[REST], end - at);
    size[REST] += end - at;
  }

  private void deflate(final int s, final Deflater deflater, final ImageWriter out) {
    final byte[] shorter = new byte[size[s]];
    deflater.reset();
    deflater.setInput(stream[s], 0, size[s]);
    deflater.finish();
    final int length = deflater.deflate(shorter);
    out.putInt(size[s]);
    if (deflater.finished() && length < size[s] && size[s] / MOST_TIMES < length) {
      out.putInt(length).putRaw(shorter, length);
    } else {
      out.putInt(size[s]).putRaw(stream[s], size[s]);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws MalformedImageException if it is damaged
   */
  static byte[] read(final int length, final ImageReader in) {
    final DeflatedBytes deflated = new DeflatedBytes();
    final Inflater inflater = new Inflater(true);
    try {
      for (int s = 0; s < STREAMS; s++) {
        deflated.inflate(s, inflater, in);
      }
    } finally {
      inflater.end();
    }
    final byte[] bytes = new byte[deflated.checked(length)];
    deflated.putTogether(bytes);
    return bytes;
  }

  private void inflate(final int s, final Inflater inflater, final ImageReader in) {
    final int bytes = in.getInt();
    final int shorter = in.getIntIn(0, in.remaining(), "bytes of a stream");
    if (bytes < shorter || bytes / MOST_TIMES > shorter) {
      throw new MalformedImageException(bytes + " bytes are deflated to " + shorter);
    }
    final byte[] found = in.getRaw(shorter);
    if (shorter == bytes) {
      stream[s] = found;
      return;
    }
    stream[s] = new byte[bytes];
    inflater.reset();
    inflater.setInput(found);
    try {
      if (inflater.inflate(stream[s]) != bytes) {
        throw new MalformedImageException("a stream of bytes ends too early");
      }
    } catch (final DataFormatException damaged) {
      throw new MalformedImageException("a stream of bytes is damaged");
    }
  }

  private int checked(final int length) {
    long all = 0;
    for (int s = REST; s < STREAMS; s++) {
      all += stream[s].length;
    }
    if (all != length) {
      throw new MalformedImageException(all + " bytes instead of " + length);
    }
    return length;
  }

  private void putTogether(final byte[] bytes) {
    int at = 0;
    while (size[PLACES] < stream[PLACES].length) {
      final int place = at + get(bytes.length - at);
      final int length = get(bytes.length - place);
      final int width = get(Long.BYTES);
      if ((width != 1 && width != Integer.BYTES && width != Long.BYTES)
          || length > (bytes.length - place) / width) {
        throw misplaced();
      }
      rest(at, place, bytes);
      for (int k = 0; k < width; k++) {
        final int s = streamOf(width) + k;
        final byte[] of = stream[s];
        final int first = size[s];
        if (length > of.length - first) {
          throw misplaced();
        }
        for (int i = 0; i < length; i++) {
          bytes[place + k + i * width] = of[first + i];
        }
        size[s] = first + length;
      }
      at = place + width * length;
    }
    rest(at, bytes.length, bytes);
  }

  private int get(final int most) {
    int value = 0;
    for (int shift = 0; shift < Integer.SIZE - 4; shift += 7) {
      if (size[PLACES] == stream[PLACES].length) {
        throw misplaced();
      }
      final int next = stream[PLACES][size[PLACES]++];
      value |= (next & 0x7f) << shift;
      if (next >= 0) {
        if (value > most) {
          throw misplaced();
        }
        return value;
      }
    }
    throw misplaced();
  }

  private void rest(final int at, final int end, final byte[] bytes) {
    if (end - at > stream[REST].length - size[REST]) {
      throw misplaced();
    }
    System.arraycopy(stream[REST], size[REST], bytes, at, end - at);
    size[REST] += end - at;
  }

  private static MalformedImageException misplaced() {
    return new MalformedImageException("the arrays of a deflated image do not fit");
  }
}
