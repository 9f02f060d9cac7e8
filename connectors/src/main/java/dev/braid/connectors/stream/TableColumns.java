package dev.braid.connectors.stream;

import java.util.List;

/**
 * What the columns of a file are used for, as far as the user says so.
 *
 * @param label the column that holds the class or the number to be predicted, or null: then the
 *     last attribute of an ARFF file, and of a CSV file the column {@code label}, {@code class} or
 *     {@code target}, else the last
 * @param drop columns to leave out
 * @param nominal columns whose values are names, even where they look like numbers
 * @param numeric columns whose values are numbers; what is no number there counts as missing
 */
public record TableColumns(
    String label, List<String> drop, List<String> nominal, List<String> numeric) {

  /** All is found from the file. */
  public static final TableColumns FOUND = new TableColumns(null, List.of(), List.of(), List.of());

  public TableColumns {
    drop = List.copyOf(drop);
    nominal = List.copyOf(nominal);
    numeric = List.copyOf(numeric);
  }
}
