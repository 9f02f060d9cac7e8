package dev.braid.connectors.format;

import java.io.CharArrayReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * One line of comma-separated values per record, the columns fixed beforehand. An empty cell or
 * {@code ?} is a missing value; a cell that is a decimal number is numeric unless its feature is
 * declared as nominal.
 */
final class CsvDecoder extends AbstractDecoder {
  private final String[] columns;
  private final CSVFormat format;

  CsvDecoder(
      final DecoderOptions options,
      final Target target,
      final List<String> columns,
      final char separator) {
    super(options, target);
    this.columns = columns.toArray(String[]::new);
    this.format = format(separator);
    final Set<String> seen = new HashSet<>();
    for (final String column : columns) {
      if (column.isEmpty() || !seen.add(column)) {
        throw new IllegalArgumentException(
            "CSV columns must differ and none may be empty, but '" + column + "' breaks that");
      }
    }
    final boolean idNeeded = target == Target.LABEL || !options.deriveId();
    if (idNeeded && !seen.contains(options.fields().id())) {
      throw new IllegalArgumentException(
          "no CSV column is called '" + options.fields().id() + "', the name of the id");
    }
    if (target == Target.LABEL && !seen.contains(options.fields().label())) {
      throw new IllegalArgumentException(
          "no CSV column is called '" + options.fields().label() + "', the name of the label");
    }
  }

  static CSVFormat format(final char separator) {
    return CSVFormat.RFC4180
        .builder()
        .setDelimiter(separator)
        .setIgnoreSurroundingSpaces(true)
        .setIgnoreEmptyLines(true)
        .get();
  }

  @Override
  void read(final char[] text, final int from, final int length) throws Refusal, IOException {
    final String[] cells = split(text, from, length);
    if (cells.length != columns.length) {
      throw new Refusal(
          "the line has " + cells.length + " cells, " + columns.length + " are expected");
    }
    if (Arrays.equals(cells, columns)) {
      throw new Refusal("the line is the header");
    }
    for (int i = 0; i < columns.length; i++) {
      readCell(columns[i], cells[i]);
    }
  }

  private String[] split(final char[] text, final int from, final int length)
      throws Refusal, IOException {
    try (CSVParser parser =
        CSVParser.builder()
            .setReader(new CharArrayReader(text, from, length))
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

  private void readCell(final String column, final String cell) throws Refusal {
    final FieldNames names = options.fields();
    final boolean missing = cell.isEmpty() || cell.equals("?");
    if (column.equals(names.id())) {
      id = missing ? null : checked(column, cell);
    } else if (column.equals(names.key())) {
      key = missing ? "" : checked(column, cell);
    } else if (column.equals(names.timestamp())) {
      timestamp = missing ? -1 : readTimestamp(column, cell);
    } else if (column.equals(names.label())) {
      label = missing ? null : checked(column, cell);
    } else if (target == Target.EVENT) {
      readFeature(column, cell, missing);
    }
  }

  private static long readTimestamp(final String column, final String cell) throws Refusal {
    long value;
    try {
      value = Long.parseLong(cell);
    } catch (final NumberFormatException notWhole) {
      throw new Refusal(
          "field "
              + Refusal.show(column)
              + " is "
              + Refusal.show(cell)
              + " instead of whole milliseconds since 1970");
    }
    return Texts.timestamp(column, value);
  }

  private void readFeature(final String name, final String cell, final boolean missing)
      throws Refusal {
    if (missing) {
      features.addMissing(name);
    } else if (features.declared(name) == null && Texts.isNumber(cell)) {
      features.addNumber(name, Texts.finite(name, cell));
    } else {
      features.addText(name, cell);
    }
  }
}
