package dev.braid.connectors.stream;

import java.nio.charset.Charset;
import java.util.Set;

/**
 * How a table is written in a file, as far as the user says so; what is null is found from the
 * file.
 *
 * @param encoding of the text
 * @param delimiter between the cells of a CSV file
 * @param quote around cells of a CSV file
 * @param header whether the first row of a CSV file names the columns
 * @param decimal the point or the comma before the decimals in a CSV file
 * @param missing words that stand for a missing value; an empty cell always does
 */
public record TableFormat(
    Charset encoding,
    Character delimiter,
    Character quote,
    Boolean header,
    Character decimal,
    Set<String> missing) {

  /** All is found from the file. */
  public static final TableFormat FOUND = new TableFormat(null, null, null, null, null, null);

  public TableFormat {
    if (decimal != null && decimal != '.' && decimal != ',') {
      throw new IllegalArgumentException(
          "decimals follow a point or a comma, not '" + decimal + "'");
    }
    if (isNoMark(delimiter) || isNoMark(quote) || (delimiter != null && delimiter.equals(quote))) {
      throw new IllegalArgumentException(
          "delimiter and quote are two different characters, neither of them the end of a line or a"
              + " backslash");
    }
    missing = missing == null ? null : Set.copyOf(missing);
  }

  private static boolean isNoMark(final Character c) {
    return c != null && (c == '\n' || c == '\r' || c == '\\');
  }
}
