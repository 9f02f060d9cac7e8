package dev.braid.connectors.format;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.Origin;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Decodes in one line what the tests below are about. */
final class Records {
  static final long KAFKA_TIME = 1_700_000_000_000L;

  private Records() {}

  static RecordDecoder jsonEvents(final DecoderOptions options) {
    return RecordFormats.events(JsonFormat.NAME, options, Map.of());
  }

  static RecordDecoder jsonLabels(final DecoderOptions options) {
    return RecordFormats.labels(JsonFormat.NAME, options, Map.of());
  }

  static RecordDecoder csvEvents(
      final DecoderOptions options, final List<String> columns, final char delimiter) {
    return RecordFormats.events(CsvFormat.NAME, options, csv(columns, delimiter));
  }

  static RecordDecoder csvLabels(
      final DecoderOptions options, final List<String> columns, final char delimiter) {
    return RecordFormats.labels(CsvFormat.NAME, options, csv(columns, delimiter));
  }

  private static Map<String, String> csv(final List<String> columns, final char delimiter) {
    return Map.of("columns", String.join(",", columns), "delimiter", "" + delimiter);
  }

  static Origin origin(final byte[] value) {
    return new Origin("events", 3, 42, null, value);
  }

  static Event event(final RecordDecoder decoder, final String text) {
    return assertInstanceOf(Event.class, decoder.decode(origin(utf8(text)), KAFKA_TIME));
  }

  static LabelRecord label(final RecordDecoder decoder, final String text) {
    return assertInstanceOf(LabelRecord.class, decoder.decode(origin(utf8(text)), KAFKA_TIME));
  }

  static String reason(final RecordDecoder decoder, final String text) {
    return reason(decoder, utf8(text));
  }

  static String reason(final RecordDecoder decoder, final byte[] value) {
    return assertInstanceOf(DeadLetter.class, decoder.decode(origin(value), KAFKA_TIME)).reason();
  }

  static byte[] utf8(final String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
