package dev.braid.connectors.stream;

import dev.braid.data.Instance;
import dev.braid.data.Schema;
import java.io.IOException;
import java.io.PushbackReader;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads CSV. How it is written and what its columns are is found from the beginning of the file,
 * where the user does not say it; docs/files.md has the rules. The rest is read row by row.
 */
final class CsvSource implements TableSource {
  private static final int SNIFFED = 1 << 16;
  private static final int SAMPLED_ROWS = 10_000;
  private static final int SAMPLED_CELLS = 1 << 20;
  private static final int SAMPLED_CHARACTERS = 1 << 24;

  private static final Pattern NO_TABLE =
      Pattern.compile(
          "\\s*(\\{\\s*\"|\\[\\s*[\\[{]|<!doctype|<html|<\\?xml)", Pattern.CASE_INSENSITIVE);

  private final String place;
  private final CsvRows rows;
  private final Deque<CsvRow> sample;
  private final CsvShape shape;
  private final Columns columns;
  private final String understood;

  /** Takes the text over; the caller closes it if this throws. */
  CsvSource(final Path file, final TextDecoder text, final StreamOptions options) {
    this.place = file.toString();
    final PushbackReader reader = new PushbackReader(text, SNIFFED);
    final String start = start(reader);
    if (start.isBlank()) {
      throw new StreamException(place + " is empty");
    }
    if (NO_TABLE.matcher(start).lookingAt()) {
      throw new StreamException(place + " line 1 is not CSV: it begins like JSON, HTML or XML");
    }
    final CsvDialect dialect =
        CsvSniffer.dialect(start, start.length() == SNIFFED, options.format());
    this.rows = new CsvRows(place, reader, dialect);
    final List<CsvRow> read = new ArrayList<>();
    final boolean more = sample(read);
    this.shape = CsvShape.of(place, read, options.format().header());
    this.sample = new ArrayDeque<>(shape.body());
    final CsvColumns found =
        new CsvColumns(place, shape.names(), shape.body(), dialect.delimiter(), options);
    this.columns = new Columns(place, found.columns(), found.missing());
    this.understood =
        Understanding.line(
            file.getFileName().toString(),
            "CSV in "
                + text.encoding()
                + ", delimited by "
                + dialect.delimiterName()
                + header(shape.headerLine())
                + (found.hasDecimalCommas() ? ", with decimal commas" : ""),
            sample.size(),
            more,
            columns,
            found.index());
  }

  private static String header(final long line) {
    return switch ((int) Math.min(2, line)) {
      case 0 -> ", without a header";
      case 1 -> ", with a header";
      default -> ", with a header in line " + line;
    };
  }

  private String start(final PushbackReader reader) {
    final char[] start = new char[SNIFFED];
    int length = 0;
    try {
      int read = 0;
      while (read >= 0 && length < SNIFFED) {
        read = reader.read(start, length, SNIFFED - length);
        length += Math.max(0, read);
      }
      reader.unread(start, 0, length);
    } catch (final IOException e) {
      throw new StreamException("cannot read " + place + ": " + e.getMessage(), e);
    }
    final String text = new String(start, 0, length);
    if (text.indexOf('\0') >= 0) {
      throw new StreamException(
          place
              + " line "
              + text.substring(0, text.indexOf('\0') + 1).lines().count()
              + " is not text: it holds a character of code 0");
    }
    return text;
  }

  /** Reads the first rows; false if there are no more than these. */
  private boolean sample(final List<CsvRow> read) {
    long cells = 0;
    long characters = 0;
    while (read.size() < SAMPLED_ROWS && cells < SAMPLED_CELLS && characters < SAMPLED_CHARACTERS) {
      final CsvRow row = rows.next();
      if (row == null) {
        return false;
      }
      read.add(row);
      cells += row.cells().size();
      characters += row.cells().stream().mapToLong(String::length).sum();
    }
    return true;
  }

  @Override
  public Schema schema() {
    return columns.schema();
  }

  @Override
  public String understood() {
    return understood;
  }

  @Override
  public Instance next() {
    CsvRow row = sample.isEmpty() ? rows.next() : sample.poll();
    while (row != null && shape.isComment(row)) {
      row = rows.next();
    }
    return row == null ? null : columns.instance(shape.cells(row), row.line());
  }

  @Override
  public void close() {
    rows.close();
  }
}
