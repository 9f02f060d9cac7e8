package dev.braid.connectors.stream;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** The rows of a CSV file, without empty lines: a line of nothing but delimiters is one. */
final class CsvRows implements AutoCloseable {
  private final String place;
  private final CsvDialect dialect;
  private final BoundedReader text;
  private final CSVParser parser;
  private final Iterator<CSVRecord> records;

  /**
   * @param text from its first line on
   */
  CsvRows(final String place, final Reader text, final CsvDialect dialect) {
    this.place = place;
    this.dialect = dialect;
    this.text = new BoundedReader(text);
    try {
      this.parser = CSVParser.builder().setReader(this.text).setFormat(dialect.format()).get();
    } catch (final IOException e) {
      throw new StreamException("cannot read " + place + ": " + e.getMessage(), e);
    }
    this.records = parser.iterator();
  }

  /** The next row, or null at the end. */
  CsvRow next() {
    while (true) {
      final long line = parser.getCurrentLineNumber() + 1;
      final CSVRecord record = read(line);
      if (record == null) {
        return null;
      }
      final List<String> cells = cells(record);
      final boolean told = line == 1 && dialect.toldInFirstLine();
      if (!told && !cells.stream().allMatch(String::isEmpty)) {
        return new CsvRow(cells, line);
      }
    }
  }

  private CSVRecord read(final long line) {
    text.begin();
    try {
      return records.hasNext() ? records.next() : null;
    } catch (final UncheckedIOException | IllegalStateException e) {
      final Throwable cause = e.getCause() == null ? e : e.getCause();
      final String message = String.valueOf(cause.getMessage());
      throw new StreamException(
          place
              + " line "
              + line
              + ": "
              + (message.contains("EOF reached before encapsulated token finished")
                  ? "a quote that opens here is never closed"
                  : message),
          e);
    }
  }

  /** Spaces around a cell are not part of it; runs of spaces that delimit are one delimiter. */
  private List<String> cells(final CSVRecord record) {
    return record.stream()
        .map(String::strip)
        .filter(cell -> dialect.delimiter() != ' ' || !cell.isEmpty())
        .toList();
  }

  @Override
  public void close() {
    try {
      parser.close();
    } catch (final IOException e) {
      throw new StreamException("cannot close " + place + ": " + e.getMessage(), e);
    }
  }
}
