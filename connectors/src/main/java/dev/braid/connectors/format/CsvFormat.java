package dev.braid.connectors.format;

import dev.braid.spec.Option;
import dev.braid.spec.Options;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;

/**
 * CSV: one line per record, quoted as in RFC 4180; every column that is not one of {@link
 * FieldNames} is a feature. An empty cell or {@code ?} is a missing value.
 */
public final class CsvFormat implements RecordFormat {
  /** As it is written in a configuration. */
  public static final String NAME = "csv";

  static final Option COLUMNS =
      new Option(
          "columns",
          "",
          "Names of the columns, in order; one that is none of the fields is a feature. Needed.");
  static final Option DELIMITER =
      new Option("delimiter", ",", "The character that separates columns.");

  /** A format without state; {@link RecordFormats} finds it. */
  public CsvFormat() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    return "One line per record, in UTF-8, quoted as in RFC 4180, without a header.";
  }

  @Override
  public List<Option> options() {
    return List.of(COLUMNS, DELIMITER);
  }

  @Override
  public RecordReader reader(final FormatSettings settings) {
    return new CsvReader(columns(settings), lines(settings));
  }

  @Override
  public RecordWriter writer(final FormatSettings settings) {
    return new CsvWriter(settings.decoding().fields(), columns(settings), lines(settings));
  }

  private static CSVFormat lines(final FormatSettings settings) {
    return CSVFormat.RFC4180
        .builder()
        .setDelimiter(delimiter(settings.options()))
        .setIgnoreSurroundingSpaces(true)
        .setIgnoreEmptyLines(true)
        .get();
  }

  private static char delimiter(final Options options) {
    final String text = options.text(DELIMITER.name());
    if (text.length() != 1) {
      throw options.bad(DELIMITER.name(), "one character");
    }
    return text.charAt(0);
  }

  /** Names separated by commas; spaces around one do not count. */
  private static List<String> names(final String text) {
    final List<String> names = new ArrayList<>();
    for (final String name : text.isBlank() ? new String[0] : text.split(",", -1)) {
      names.add(name.strip());
    }
    return List.copyOf(names);
  }

  private static List<String> columns(final FormatSettings settings) {
    final List<String> columns = names(settings.options().text(COLUMNS.name()));
    final Set<String> seen = new HashSet<>();
    for (final String column : columns) {
      if (column.isEmpty() || !seen.add(column)) {
        throw new IllegalArgumentException(
            "option 'columns' must name different columns, but '" + column + "' breaks that");
      }
    }
    final DecoderOptions decoding = settings.decoding();
    if (columns.isEmpty() || !settings.isEvent() || !decoding.deriveId()) {
      require(seen, decoding.fields().id());
    }
    if (!settings.isEvent()) {
      require(seen, decoding.fields().label());
    }
    return columns;
  }

  private static void require(final Set<String> columns, final String needed) {
    if (!columns.contains(needed)) {
      throw new IllegalArgumentException(
          "option 'columns' must name the columns of the CSV records, among them '" + needed + "'");
    }
  }
}
