package dev.braid.connectors.stream;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.regex.Pattern;

/** Finds out from the first rows of a CSV file what its columns are. */
final class CsvColumns {
  /** What pandas calls an index that has lost its name. */
  private static final Pattern UNNAMED = Pattern.compile("|Unnamed: 0(\\.\\d+)?");

  private final List<CsvRow> sample;
  private final List<String> header;
  private final List<String> names;
  private final ColumnChoice choice;
  private final MissingValues missing;
  private final List<List<String>> cells = new ArrayList<>();
  private final CsvNumbers numbers;
  private final String indexName;

  /**
   * @param header names as they stand in the file, possibly empty or twice the same; one per column
   * @param sample the first rows below it
   */
  CsvColumns(
      final String place,
      final List<String> header,
      final List<CsvRow> sample,
      final char delimiter,
      final StreamOptions options) {
    this.sample = sample;
    this.header = header;
    this.names = names(header);
    this.choice = new ColumnChoice(place, names, options.columns());
    this.missing = MissingValues.inCsv(options.format().missing());
    for (int c = 0; c < header.size(); c++) {
      cells.add(present(c));
    }
    this.numbers = new CsvNumbers(cells, delimiter, options.format().decimal());
    this.indexName = isIndex() ? names.get(0) : null;
  }

  /** The columns in order. */
  List<FileColumn> columns() {
    final int label = choice.label(CsvHeader.LABELS);
    final List<FileColumn> columns = new ArrayList<>(names.size());
    for (int c = 0; c < names.size(); c++) {
      columns.add(c == label ? labelColumn(c) : column(c));
    }
    return columns;
  }

  MissingValues missing() {
    return missing;
  }

  boolean hasDecimalCommas() {
    return numbers.hasDecimalCommas();
  }

  /** Name of the column that was left out because it counts the rows, or null. */
  String index() {
    return indexName;
  }

  private static List<String> names(final List<String> header) {
    final List<String> names = new ArrayList<>(header.size());
    for (int c = 0; c < header.size(); c++) {
      names.add(header.get(c).isEmpty() ? "c" + c : header.get(c));
    }
    return ColumnChoice.unique(names);
  }

  private List<String> present(final int column) {
    final boolean named = choice.isNominal(names.get(column));
    final List<String> present = new ArrayList<>();
    for (final CsvRow row : sample) {
      final String cell = row.cell(column);
      if (!(named ? missing.asName(cell) : missing.asNumber(cell))) {
        present.add(cell);
      }
    }
    return present;
  }

  private FileColumn labelColumn(final int c) {
    final String name = names.get(c);
    final NumberFormat format = choice.isNominal(name) ? null : numbers.of(c);
    final String example = format == null ? null : NumericLabel.example(cells.get(c), format);
    if (choice.isNumeric(name)) {
      return FileColumn.numeric(name, numbers.wanted(c)).lenient().as(FileColumn.Use.NUMBER);
    }
    if (example != null) {
      return FileColumn.numeric(name, format).as(FileColumn.Use.NUMBER);
    }
    return new FileColumn(name, FileColumn.Use.LABEL, format, values(c, format != null), true);
  }

  private FileColumn column(final int c) {
    final String name = names.get(c);
    if (choice.isDropped(name) || name.equals(indexName) || isEmptyAndUnnamed(c)) {
      return FileColumn.nominal(name, List.of()).as(FileColumn.Use.DROPPED);
    }
    if (choice.isNominal(name)) {
      return FileColumn.nominal(name, values(c, false));
    }
    if (choice.isNumeric(name)) {
      return FileColumn.numeric(name, numbers.wanted(c)).lenient();
    }
    final NumberFormat format = numbers.of(c);
    return format == null
        ? FileColumn.nominal(name, values(c, false))
        : FileColumn.numeric(name, format);
  }

  /** Names in the order in which they are met. */
  private List<String> values(final int column, final boolean numbered) {
    final LinkedHashSet<String> values = new LinkedHashSet<>();
    for (final CsvRow row : sample) {
      final String cell = row.cell(column);
      if (!(numbered ? missing.asNumber(cell) : missing.asName(cell))) {
        values.add(cell);
      }
    }
    return List.copyOf(values);
  }

  private boolean isEmptyAndUnnamed(final int column) {
    return header.get(column).isEmpty()
        && !choice.mentions(names.get(column))
        && sample.stream().allMatch(row -> row.cell(column).isEmpty());
  }

  /** Whether the first column has no name and counts the rows from 0 or 1 on. */
  private boolean isIndex() {
    if (!UNNAMED.matcher(header.get(0)).matches()
        || choice.mentions(names.get(0))
        || sample.isEmpty()) {
      return false;
    }
    final String first = sample.get(0).cell(0);
    if (!first.equals("0") && !first.equals("1")) {
      return false;
    }
    long expected = Long.parseLong(first);
    for (final CsvRow row : sample) {
      if (!row.cell(0).equals(Long.toString(expected++))) {
        return false;
      }
    }
    return true;
  }
}
