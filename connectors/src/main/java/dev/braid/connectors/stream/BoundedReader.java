package dev.braid.connectors.stream;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;

/**
 * Lets through only so many characters between two calls of {@link #begin}: a quote that is never
 * closed, or a file without ends of lines, would else be read into memory whole.
 */
final class BoundedReader extends FilterReader {
  /** Of a row: enough for a hundred thousand columns. */
  static final int MOST = 1 << 22;

  private long left = MOST;

  BoundedReader(final Reader in) {
    super(in);
  }

  /** A new row begins. */
  void begin() {
    left = MOST;
  }

  @Override
  public int read() throws IOException {
    final char[] one = new char[1];
    return read(one, 0, 1) < 0 ? -1 : one[0];
  }

  @Override
  public int read(final char[] to, final int from, final int length) throws IOException {
    if (left <= 0) {
      throw new IOException(
          "a row is longer than "
              + MOST
              + " characters: is this a table, and is every quote closed?");
    }
    final int read = in.read(to, from, length);
    left -= Math.max(0, read);
    return read;
  }
}
