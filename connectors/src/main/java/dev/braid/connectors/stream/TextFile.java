package dev.braid.connectors.stream;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/** Opens text files, plain or compressed, by what their first bytes say. */
final class TextFile {
  private static final int BUFFER = 1 << 16;
  private static final int HEAD = 512;

  /** More than any preset of the xz tool needs. */
  private static final int XZ_MEMORY_KIB = 256 << 10;

  private static final byte[] GZIP = {0x1F, (byte) 0x8B};
  private static final byte[] XZ = {(byte) 0xFD, '7', 'z', 'X', 'Z', 0};
  private static final byte[] ZIP = {'P', 'K', 3, 4};
  private static final byte[] OLD_OFFICE = {(byte) 0xD0, (byte) 0xCF, 0x11, (byte) 0xE0};
  private static final byte[] PARQUET = {'P', 'A', 'R', '1'};
  private static final byte[] BZIP2 = {'B', 'Z', 'h'};
  private static final byte[] ZSTD = {0x28, (byte) 0xB5, 0x2F, (byte) 0xFD};

  private TextFile() {}

  /**
   * @param wanted the encoding, or null for what the bytes say; a byte order mark knows better
   * @throws IOException if the file cannot be read, with a message for the user
   */
  static TextDecoder open(final Path file, final Charset wanted) throws IOException {
    final InputStream raw = Files.newInputStream(file);
    try {
      final BufferedInputStream text =
          new BufferedInputStream(plain(new BufferedInputStream(raw, BUFFER)), BUFFER);
      final byte[] head = head(text);
      refuseOthers(head);
      final Mark mark = Mark.of(head);
      text.skipNBytes(mark.length());
      return new TextDecoder(text, mark.charset() == null ? wanted : mark.charset());
    } catch (final IOException | RuntimeException failed) {
      raw.close();
      throw failed;
    }
  }

  private static InputStream plain(final BufferedInputStream in) throws IOException {
    final byte[] head = head(in);
    if (startsWith(head, GZIP)) {
      return new GZIPInputStream(in, BUFFER);
    }
    return startsWith(head, XZ) ? new XZInputStream(in, XZ_MEMORY_KIB) : in;
  }

  private static byte[] head(final BufferedInputStream in) throws IOException {
    in.mark(HEAD);
    final byte[] head = in.readNBytes(HEAD);
    in.reset();
    return head;
  }

  private static boolean startsWith(final byte[] head, final byte... magic) {
    return head.length >= magic.length
        && Arrays.equals(head, 0, magic.length, magic, 0, magic.length);
  }

  private static void refuseOthers(final byte[] head) throws IOException {
    if (startsWith(head, ZIP) || startsWith(head, OLD_OFFICE)) {
      throw new IOException("it is a spreadsheet or an archive: save or unpack it as CSV");
    }
    if (startsWith(head, PARQUET)) {
      throw new IOException("it is a Parquet file: write it as CSV");
    }
    if (startsWith(head, BZIP2) || startsWith(head, ZSTD)) {
      throw new IOException("it is compressed in another way than .gz and .xz: unpack it");
    }
  }

  /**
   * What the first bytes say about the encoding.
   *
   * @param charset or null where they say nothing
   * @param length of the byte order mark
   */
  private record Mark(Charset charset, int length) {
    private static final byte[] UTF_8 = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final byte[] UTF_32_LE = {(byte) 0xFF, (byte) 0xFE, 0, 0};
    private static final byte[] UTF_32_BE = {0, 0, (byte) 0xFE, (byte) 0xFF};
    private static final byte[] UTF_16_LE = {(byte) 0xFF, (byte) 0xFE};
    private static final byte[] UTF_16_BE = {(byte) 0xFE, (byte) 0xFF};

    static Mark of(final byte[] head) {
      if (startsWith(head, UTF_8)) {
        return new Mark(StandardCharsets.UTF_8, UTF_8.length);
      }
      if (startsWith(head, UTF_32_LE)) {
        return new Mark(Charset.forName("UTF-32LE"), UTF_32_LE.length);
      }
      if (startsWith(head, UTF_32_BE)) {
        return new Mark(Charset.forName("UTF-32BE"), UTF_32_BE.length);
      }
      if (startsWith(head, UTF_16_LE)) {
        return new Mark(StandardCharsets.UTF_16LE, UTF_16_LE.length);
      }
      if (startsWith(head, UTF_16_BE)) {
        return new Mark(StandardCharsets.UTF_16BE, UTF_16_BE.length);
      }
      return new Mark(unmarked(head), 0);
    }

    /** UTF-16 without a mark shows in the zeros beside letters of ASCII. */
    private static Charset unmarked(final byte[] head) {
      final int pairs = head.length / 2;
      int first = 0;
      int second = 0;
      for (int i = 0; i < pairs; i++) {
        first += head[2 * i] == 0 ? 1 : 0;
        second += head[2 * i + 1] == 0 ? 1 : 0;
      }
      if (pairs > 1 && first == 0 && 2 * second > pairs) {
        return StandardCharsets.UTF_16LE;
      }
      return pairs > 1 && second == 0 && 2 * first > pairs ? StandardCharsets.UTF_16BE : null;
    }
  }
}
