package dev.braid.connectors.format;

import dev.braid.connectors.PredictionRecord;
import dev.braid.connectors.format.RecordFormat.Content;
import dev.braid.spec.Options;
import dev.braid.spec.Registry;
import java.util.List;
import java.util.Map;

/** The formats that are there, by name: Braid's own and those that others put on the class path. */
public final class RecordFormats {
  private static final Registry<RecordFormat> FORMATS =
      Registry.withServices("record format", List.of(), RecordFormat.class);

  private RecordFormats() {}

  /** All formats. */
  public static Registry<RecordFormat> registry() {
    return FORMATS;
  }

  /**
   * A decoder of events.
   *
   * @param options of the format, by name; those left out have their defaults
   * @throws IllegalArgumentException with one sentence that names what is wrong
   */
  public static RecordDecoder events(
      final String format, final DecoderOptions decoding, final Map<String, String> options) {
    return decoder(format, Content.EVENT, decoding, options);
  }

  /**
   * A decoder of late labels.
   *
   * @param options of the format, by name; those left out have their defaults
   * @throws IllegalArgumentException with one sentence that names what is wrong
   */
  public static RecordDecoder labels(
      final String format, final DecoderOptions decoding, final Map<String, String> options) {
    return decoder(format, Content.LABEL, decoding, options);
  }

  /**
   * Whether a source of events in a format may bring late labels too.
   *
   * @param options of the format, by name; those left out have their defaults
   * @throws IllegalArgumentException with one sentence that names what is wrong
   */
  public static boolean bringLateLabels(final String format, final Map<String, String> options) {
    final RecordFormat opened = FORMATS.find(format);
    return opened.bringsLateLabels(options(opened, options));
  }

  /**
   * An encoder of predictions.
   *
   * @param options of the format, by name; those left out have their defaults
   * @param maxBytes longest record, see {@link RecordFormat#predictions}
   * @throws IllegalArgumentException with one sentence that names what is wrong
   */
  public static RecordEncoder<PredictionRecord> predictions(
      final String format,
      final FieldNames fields,
      final Map<String, String> options,
      final int maxBytes) {
    final RecordFormat opened = FORMATS.find(format);
    return opened.predictions(fields, options(opened, options), maxBytes);
  }

  private static RecordDecoder decoder(
      final String name,
      final Content content,
      final DecoderOptions decoding,
      final Map<String, String> options) {
    return new FormatDecoder(FORMATS.find(name), content, decoding, options);
  }

  /**
   * A writer of events or labels.
   *
   * @param options of the format, by name; those left out have their defaults
   * @throws IllegalArgumentException with one sentence that names what is wrong
   */
  public static RecordWriter writer(
      final String name,
      final Content content,
      final FieldNames fields,
      final Map<String, String> options) {
    final RecordFormat format = FORMATS.find(name);
    return format.writer(
        settings(format, content, DecoderOptions.DEFAULT.withFields(fields), options));
  }

  static FormatSettings settings(
      final RecordFormat format,
      final Content content,
      final DecoderOptions decoding,
      final Map<String, String> options) {
    return new FormatSettings(content, decoding, options(format, options));
  }

  private static Options options(final RecordFormat format, final Map<String, String> options) {
    return Options.of("record format '" + format.name() + "'", format.options(), options);
  }
}
