package dev.braid.connectors.stream;

import java.util.List;

/**
 * Finds how a CSV file writes its numbers. Where the columns that are numbers only with a decimal
 * comma outnumber those that are numbers only with commas between thousands, the comma is decimal;
 * what could be either is thousands, except where semicolons delimit, as spreadsheets do where the
 * comma is taken.
 */
final class CsvNumbers {

  private final List<List<String>> columns;
  private final NumberFormat file;

  /**
   * @param columns the cells of each column, without missing values
   * @param decimal as the user says, or null
   */
  CsvNumbers(final List<List<String>> columns, final char delimiter, final Character decimal) {
    this.columns = columns;
    this.file = decimal == null ? found(delimiter) : named(decimal);
  }

  /** How the numbers of a column are written, or null where not all of its cells are numbers. */
  NumberFormat of(final int column) {
    if (fits(column, file)) {
      return file;
    }
    return fits(column, NumberFormat.POINT) ? NumberFormat.POINT : null;
  }

  /** How the numbers of a column are written that is to hold numbers, whatever its cells say. */
  NumberFormat wanted(final int column) {
    final NumberFormat all = of(column);
    if (all != null) {
      return all;
    }
    return count(column, file) >= count(column, NumberFormat.POINT) ? file : NumberFormat.POINT;
  }

  boolean hasDecimalCommas() {
    return file == NumberFormat.COMMA;
  }

  private static NumberFormat named(final char decimal) {
    return decimal == ',' ? NumberFormat.COMMA : NumberFormat.POINT_AND_GROUPS;
  }

  private NumberFormat found(final char delimiter) {
    int commas = 0;
    int groups = 0;
    for (int c = 0; c < columns.size(); c++) {
      if (columns.get(c).isEmpty() || fits(c, NumberFormat.POINT)) {
        continue;
      }
      final boolean comma = fits(c, NumberFormat.COMMA);
      final boolean group = fits(c, NumberFormat.POINT_AND_GROUPS);
      final boolean either = comma && group;
      commas += comma && (!either || delimiter == ';') ? 1 : 0;
      groups += group && (!either || delimiter != ';') ? 1 : 0;
    }
    if (commas == 0 && groups == 0) {
      return NumberFormat.POINT;
    }
    return commas > groups ? NumberFormat.COMMA : NumberFormat.POINT_AND_GROUPS;
  }

  private boolean fits(final int column, final NumberFormat format) {
    return columns.get(column).stream().allMatch(format::fits);
  }

  private long count(final int column, final NumberFormat format) {
    return columns.get(column).stream().filter(format::fits).count();
  }
}
