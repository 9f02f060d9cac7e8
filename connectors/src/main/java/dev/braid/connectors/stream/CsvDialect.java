package dev.braid.connectors.stream;

import org.apache.commons.csv.CSVFormat;

/**
 * How the rows of a CSV file are cut into cells.
 *
 * @param escape before a quote within quotes, or null where a quote is doubled
 * @param toldInFirstLine whether the first line is no row but {@code sep=} and the delimiter
 */
record CsvDialect(char delimiter, char quote, Character escape, boolean toldInFirstLine) {

  CSVFormat format() {
    return CSVFormat.RFC4180
        .builder()
        .setDelimiter(delimiter)
        .setQuote(quote)
        .setEscape(escape)
        .setIgnoreSurroundingSpaces(true)
        // Every line becomes a record, so that lines can be counted.
        .setIgnoreEmptyLines(false)
        .setTrailingData(true)
        .get();
  }

  /** The delimiter as a person would say it. */
  String delimiterName() {
    return switch (delimiter) {
      case '\t' -> "tabs";
      case ' ' -> "spaces";
      default -> "'" + delimiter + "'";
    };
  }
}
