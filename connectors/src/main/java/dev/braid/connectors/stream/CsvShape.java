package dev.braid.connectors.stream;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How the rows of a CSV file are laid out.
 *
 * @param headerLine line of the header, or 0 if there is none
 * @param names of the columns as they stand in the header, possibly empty or twice the same; {@code
 *     c0}, {@code c1} and so on without one
 * @param body the first rows below the header
 */
record CsvShape(String place, long headerLine, List<String> names, List<CsvRow> body) {

  /**
   * @param sample the first rows of the file
   * @param wanted whether there is a header, or null where the rows are to tell
   * @throws StreamException if this is no table
   */
  static CsvShape of(final String place, final List<CsvRow> sample, final Boolean wanted) {
    final int usual = usualLength(sample);
    final List<CsvRow> rows =
        sample.stream()
            .filter(row -> !row.isComment() || row.cells().size() == usual)
            // A title above the table is one cell.
            .dropWhile(row -> usual > 1 && row.cells().size() == 1)
            .toList();
    if (rows.isEmpty()) {
      throw new StreamException(place + " is empty");
    }
    final boolean header = wanted == null ? CsvHeader.isThere(rows) : wanted;
    final List<CsvRow> body = header ? rows.subList(1, rows.size()) : rows;
    if (body.isEmpty()) {
      throw new StreamException(
          place + " line " + rows.get(0).line() + " is a header, and no row is below it");
    }
    final List<String> names = header ? named(rows.get(0), body) : numbered(body);
    if (names.size() < 2) {
      throw new StreamException(
          place
              + " has fewer than two columns; if they are separated in another way give"
              + " --delimiter");
    }
    return new CsvShape(place, header ? rows.get(0).line() : 0, names, List.copyOf(body));
  }

  /** Whether the row is none: it begins with # and has not as many cells as there are columns. */
  boolean isComment(final CsvRow row) {
    return row.isComment() && row.cells().size() != names.size();
  }

  /**
   * The cells of a row, one per column; empty ones too many are not there.
   *
   * @throws StreamException if the row has another number of cells
   */
  List<String> cells(final CsvRow row) {
    final List<String> cells = row.cells();
    if (cells.size() < names.size() || !isEmptyFrom(row, names.size())) {
      throw new StreamException(
          place
              + " line "
              + row.line()
              + " has "
              + cells.size()
              + " cells, expected are "
              + names.size());
    }
    return cells;
  }

  private static List<String> named(final CsvRow header, final List<CsvRow> body) {
    final List<String> names = new ArrayList<>(header.cells());
    if (header.isComment()) {
      names.set(0, names.get(0).substring(1).strip());
    }
    while (!names.isEmpty()
        && names.get(names.size() - 1).isEmpty()
        && isEmptyFrom(body, names.size() - 1)) {
      names.remove(names.size() - 1);
    }
    // A table with names of rows, as R writes it: the header has none for their column.
    if (usualLength(body) == names.size() + 1 && !isEmptyFrom(body, names.size())) {
      names.add(0, "");
    }
    return names;
  }

  private static List<String> numbered(final List<CsvRow> body) {
    int columns = usualLength(body);
    while (columns > 0 && isEmptyFrom(body, columns - 1)) {
      columns--;
    }
    final List<String> names = new ArrayList<>(columns);
    for (int c = 0; c < columns; c++) {
      names.add("c" + c);
    }
    return names;
  }

  private static boolean isEmptyFrom(final List<CsvRow> rows, final int column) {
    return rows.stream().allMatch(row -> isEmptyFrom(row, column));
  }

  private static boolean isEmptyFrom(final CsvRow row, final int column) {
    for (int c = column; c < row.cells().size(); c++) {
      if (!row.cells().get(c).isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /** Of the rows, the number of cells that most have; of several the greatest. */
  static int usualLength(final List<CsvRow> rows) {
    final Map<Integer, Integer> lengths = new HashMap<>();
    int usual = 0;
    int most = 0;
    for (final CsvRow row : rows) {
      final int length = row.cells().size();
      final int count = lengths.merge(length, 1, Integer::sum);
      if (count > most || (count == most && length > usual)) {
        usual = length;
        most = count;
      }
    }
    return usual;
  }
}
