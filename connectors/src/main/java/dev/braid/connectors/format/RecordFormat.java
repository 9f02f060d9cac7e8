package dev.braid.connectors.format;

import dev.braid.connectors.PredictionRecord;
import dev.braid.spec.Entry;
import dev.braid.spec.Options;

/**
 * A format that events and late labels come in. Formats are found as services: one is added by its
 * class and its name in {@code META-INF/services/dev.braid.connectors.format.RecordFormat}; the
 * configuration, its reference page and the tests that every format must pass follow from that.
 *
 * <p>An implementation is public, has a public constructor without arguments and no state.
 */
public interface RecordFormat extends Entry {

  /** What the records are. */
  enum Content {
    /** Events, with or without their labels. */
    EVENT,
    /** Labels that come after their events. */
    LABEL
  }

  /**
   * Whether records of a source of events may be late labels, see {@link RecordFields#lateLabel}.
   *
   * @param options of the format, with which it is opened
   */
  default boolean bringsLateLabels(final Options options) {
    return false;
  }

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

  /**
   * Opens an encoder of predictions.
   *
   * @param fields names of the fields that predictions have in common with events
   * @param options of the format
   * @param maxBytes a longer prediction, that of a model with very many classes, leaves {@code
   *     probabilities} and {@code experts} empty, so that Kafka takes it
   * @throws IllegalArgumentException with one sentence, if the format cannot write predictions, or
   *     not with these names or options
   */
  default RecordEncoder<PredictionRecord> predictions(
      final FieldNames fields, final Options options, final int maxBytes) {
    throw new IllegalArgumentException(
        "record format '" + name() + "' cannot write predictions; json and avro can");
  }
}
