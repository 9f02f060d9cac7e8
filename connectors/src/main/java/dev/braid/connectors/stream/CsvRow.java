package dev.braid.connectors.stream;

import java.util.List;

/**
 * A row of a CSV file.
 *
 * @param line on which it begins, counted from 1
 */
record CsvRow(List<String> cells, long line) {

  boolean isComment() {
    return cells.get(0).startsWith("#");
  }

  String cell(final int column) {
    return column < cells.size() ? cells.get(column) : "";
  }
}
