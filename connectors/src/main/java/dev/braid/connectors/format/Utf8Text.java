package dev.braid.connectors.format;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** The characters of a record in a text format. Not thread-safe. */
final class Utf8Text {
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);
  private CharBuffer characters = CharBuffer.allocate(1024);
  private int from;

  /**
   * Takes a record.
   *
   * @throws Refusal if it is not UTF-8, or nothing but white space
   */
  void take(final byte[] bytes) throws Refusal {
    if (characters.capacity() < bytes.length) {
      characters = CharBuffer.allocate(bytes.length);
    }
    characters.clear();
    final ByteBuffer in = ByteBuffer.wrap(bytes);
    final CoderResult result = decoder.reset().decode(in, characters, true);
    if (result.isError() || in.hasRemaining()) {
      throw new Refusal("the record is not valid UTF-8, first at byte " + in.position());
    }
    // A byte order mark, which some editors put at the front, means nothing in UTF-8.
    from = characters.position() > 0 && array()[0] == '\uFEFF' ? 1 : 0;
    if (isBlank()) {
      throw new Refusal("the record is empty");
    }
  }

  /** Holds the record from {@link #from} on, {@link #length} characters. */
  char[] array() {
    return characters.array();
  }

  int from() {
    return from;
  }

  int length() {
    return characters.position() - from;
  }

  /** The record, which should be JSON; until the next is taken. */
  JsonText json() {
    return new JsonText(array(), from, length());
  }

  private boolean isBlank() {
    final char[] text = array();
    for (int i = from; i < characters.position(); i++) {
      if (text[i] > ' ') {
        return false;
      }
    }
    return true;
  }
}
