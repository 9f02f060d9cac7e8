package dev.braid.connectors.stream;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Bytes as characters. Where nobody says what they are, text is UTF-8 until the first byte beyond
 * ASCII shows that it is not; it is windows-1252 then, which spreadsheets of the west write.
 */
final class TextDecoder extends Reader {
  private static final Charset WESTERN = Charset.forName("windows-1252");
  private static final int BUFFER = 1 << 16;
  private static final int LAST_OF_ASCII = 0x7F;

  private final InputStream in;
  private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER).limit(0);
  private final CharBuffer chars = CharBuffer.allocate(BUFFER).limit(0);
  private CharsetDecoder decoder;
  private boolean undecided;
  private boolean ended;

  /**
   * @param charset of the text, or null where the bytes are to tell
   */
  TextDecoder(final InputStream in, final Charset charset) {
    this.in = in;
    this.undecided = charset == null;
    this.decoder = undecided ? StandardCharsets.UTF_8.newDecoder() : lenient(charset);
  }

  /** What is no character becomes the replacement character. */
  private static CharsetDecoder lenient(final Charset charset) {
    return charset
        .newDecoder()
        .onMalformedInput(CodingErrorAction.REPLACE)
        .onUnmappableCharacter(CodingErrorAction.REPLACE);
  }

  /** Name of the encoding, as far as the bytes read so far tell. */
  String encoding() {
    return decoder.charset().name();
  }

  @Override
  public int read(final char[] to, final int from, final int length) throws IOException {
    while (!chars.hasRemaining()) {
      if (ended && !bytes.hasRemaining()) {
        return -1;
      }
      if (!ended) {
        fill();
      }
      chars.clear();
      decode();
      chars.flip();
    }
    final int count = Math.min(length, chars.remaining());
    chars.get(to, from, count);
    return count;
  }

  private void fill() throws IOException {
    bytes.compact();
    final int read = in.read(bytes.array(), bytes.position(), bytes.remaining());
    ended = read < 0;
    bytes.position(bytes.position() + Math.max(0, read));
    bytes.flip();
  }

  private void decode() throws IOException {
    final CoderResult result = decoder.decode(bytes, chars, ended);
    if (undecided && beyondAscii()) {
      undecided = false;
    }
    if (result.isError()) {
      if (!undecided) {
        throw new IOException(
            "the text was UTF-8 so far but here it is not: say what it is with --encoding");
      }
      undecided = false;
      decoder = lenient(WESTERN);
    }
  }

  private boolean beyondAscii() {
    for (int i = 0; i < chars.position(); i++) {
      if (chars.get(i) > LAST_OF_ASCII) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
