package dev.braid.connectors.format;

import java.util.List;

/**
 * A format that events and late labels come in. Formats are found as services: one is added by its
 * class and its name in {@code META-INF/services/dev.braid.connectors.format.RecordFormat}; the
 * configuration, its reference page and the tests that every format must pass follow from that.
 *
 * <p>An implementation is public, has a public constructor without arguments and no state.
 */
public interface RecordFormat {

  /** What the records are. */
  enum Content {
    /** Events, with or without their labels. */
    EVENT,
    /** Labels that come after their events. */
    LABEL
  }

  /** As it is written in a configuration: lower case, unlike all others. */
  String name();

  /** One sentence that says how a record is written. */
  String description();

  /** What can be set, each with its default; none for a format that needs nothing. */
  List<FormatOption> options();

  /**
   * Opens a reader.
   *
   * @throws IllegalArgumentException with one sentence that names the option at fault
   */
  RecordReader reader(FormatSettings settings);

  /**
   * Opens a writer of records that the {@link #reader} of the same settings reads back.
   *
   * @throws IllegalArgumentException with one sentence that names the option at fault
   */
  RecordWriter writer(FormatSettings settings);
}
