package dev.braid.connectors.format;

import dev.braid.connectors.DecimalText;
import dev.braid.data.Feature;
import java.io.CharArrayReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * One line of comma-separated values per record, the columns fixed beforehand. An empty cell or
 * {@code ?} is a missing value; a cell that is a decimal number is numeric unless its feature is
 * declared as nominal.
 */
final class CsvReader implements RecordReader {
  private final String[] columns;
  private final CSVFormat format;
  private final Utf8Text text = new Utf8Text();

  CsvReader(final List<String> columns, final CSVFormat format) {
    this.columns = columns.toArray(String[]::new);
    this.format = format;
  }

  @Override
  public void read(final byte[] value, final RecordFields into) throws Refusal, IOException {
    text.take(value);
    final String[] cells = split();
    if (cells.length != columns.length) {
      throw new Refusal(
          "the line has " + cells.length + " cells, " + columns.length + " are expected");
    }
    if (Arrays.equals(cells, columns)) {
      throw new Refusal("the line is the header");
    }
    for (int i = 0; i < columns.length; i++) {
      readCell(columns[i], cells[i], into);
    }
  }

  private String[] split() throws Refusal, IOException {
    try (CSVParser parser =
        CSVParser.builder()
            .setReader(new CharArrayReader(text.array(), text.from(), text.length()))
            .setFormat(format)
            .get()) {
      final var lines = parser.iterator();
      final CSVRecord line = lines.next();
      if (lines.hasNext()) {
        throw new Refusal("the record has more than one line");
      }
      return line.values();
    } catch (final UncheckedIOException | IllegalStateException broken) {
      throw new Refusal("the record is not valid CSV: a quote is opened or closed wrongly");
    }
  }

  private static void readCell(final String column, final String cell, final RecordFields into)
      throws Refusal {
    final boolean missing = cell.isEmpty() || cell.equals("?");
    switch (into.field(column)) {
      case ID -> {
        if (!missing) {
          into.id(cell);
        }
      }
      case KEY -> into.key(missing ? "" : cell);
      case TIMESTAMP -> {
        if (!missing) {
          into.timestamp(cell);
        }
      }
      case LABEL -> {
        if (!missing) {
          into.label(cell);
        }
      }
      default -> {
        if (into.wantsFeatures()) {
          readFeature(column, cell, missing, into);
        }
      }
    }
  }

  private static void readFeature(
      final String name, final String cell, final boolean missing, final RecordFields into)
      throws Refusal {
    if (missing) {
      into.missing(name);
    } else if (into.declared(name) != Feature.Kind.NOMINAL && DecimalText.isNumber(cell)) {
      into.number(name, Texts.finite(name, cell));
    } else {
      into.text(name, cell);
    }
  }
}
