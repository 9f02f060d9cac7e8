package dev.braid.connectors.stream;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;

/** The lines of a text, counted from 1; none longer than {@link BoundedReader#MOST} allows. */
final class TextLines implements AutoCloseable {
  private final String place;
  private final BoundedReader bounded;
  private final BufferedReader text;
  private long line;

  TextLines(final String place, final Reader text) {
    this.place = place;
    this.bounded = new BoundedReader(text);
    this.text = new BufferedReader(bounded);
  }

  /** The next line, or null at the end. */
  String next() {
    line++;
    bounded.begin();
    try {
      return text.readLine();
    } catch (final IOException e) {
      throw new StreamException("cannot read on in " + at() + ": " + e.getMessage(), e);
    }
  }

  /** Where the line is that was read last. */
  String at() {
    return place + " line " + line;
  }

  /** Number of the line that was read last. */
  long number() {
    return line;
  }

  @Override
  public void close() {
    try {
      text.close();
    } catch (final IOException e) {
      throw new StreamException("cannot close " + place + ": " + e.getMessage(), e);
    }
  }
}
