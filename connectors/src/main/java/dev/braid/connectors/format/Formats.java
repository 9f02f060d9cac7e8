package dev.braid.connectors.format;

import dev.braid.connectors.format.AbstractDecoder.Target;
import java.util.List;

/**
 * The formats that events and labels come in.
 *
 * <p>JSON: one object per record. {@code id} is a text or a number and required; {@code key} is a
 * text or a number, the empty string where absent; {@code ts} is a whole number of milliseconds,
 * the Kafka record's timestamp where absent; {@code label} is a text, a number or true/false taken
 * as text, exactly as it is written, so that {@code 1} and {@code 1.0} are two classes. {@code
 * features} is an object: numbers are numeric values, texts and true/false nominal values, null is
 * a missing value.
 *
 * <p>CSV: one line per record with the columns given here, quoted as in RFC 4180; every column that
 * is not one of {@link FieldNames} is a feature. An empty cell or {@code ?} is a missing value; a
 * decimal number is a numeric value, anything else a nominal one.
 *
 * <p>A feature declared as numeric may come as a text that is a number; one declared as nominal may
 * come as a number, taken as it is written. NaN and infinity, spelled however, nested values,
 * duplicate features and whatever breaks {@link DecoderOptions} make the record a dead letter.
 */
public final class Formats {
  private Formats() {}

  /** Events as JSON. */
  public static RecordDecoder jsonEvents(final DecoderOptions options) {
    return new JsonDecoder(options, Target.EVENT);
  }

  /** Late labels as JSON. */
  public static RecordDecoder jsonLabels(final DecoderOptions options) {
    return new JsonDecoder(options, Target.LABEL);
  }

  /**
   * Events as CSV.
   *
   * @param columns names of the columns from left to right, as in a header line
   * @param separator between two cells
   * @throws IllegalArgumentException if a name is empty or there twice, or the id has no column
   *     although the options require one
   */
  public static RecordDecoder csvEvents(
      final DecoderOptions options, final List<String> columns, final char separator) {
    return new CsvDecoder(options, Target.EVENT, columns, separator);
  }

  /**
   * Late labels as CSV.
   *
   * @param columns as for {@link #csvEvents}; id and label are needed, unknown ones are skipped
   * @param separator between two cells
   * @throws IllegalArgumentException as for {@link #csvEvents}, or if the label has no column
   */
  public static RecordDecoder csvLabels(
      final DecoderOptions options, final List<String> columns, final char separator) {
    return new CsvDecoder(options, Target.LABEL, columns, separator);
  }
}
