package dev.braid.connectors.format;

import dev.braid.connectors.PredictionRecord;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import java.util.ArrayList;
import java.util.List;

/** Avro in the wire format of Confluent's schema registry, see {@link AvroReader}. */
public final class AvroFormat implements RecordFormat {
  static final Option ENVELOPE =
      new Option(
          "envelope",
          "none",
          "`debezium` where the records are changes of a table, which are read as in the format"
              + " debezium; `none` where each is an event or a label.");
  static final Option READER_SCHEMA =
      new Option(
          "reader-schema",
          "",
          "A schema in JSON as which all records are read, by Avro's rules of evolution; empty where"
              + " each is read as it was written.");
  static final Option SUBJECT =
      new Option(
          "subject",
          "",
          "Subject under which the schema of what is written is registered; empty for `braid-events`,"
              + " `braid-labels` or `braid-predictions`.");

  /** What is around an event. */
  enum Envelope {
    NONE,
    DEBEZIUM
  }

  /** A format without state; {@link RecordFormats} finds it. */
  public AvroFormat() {}

  @Override
  public String name() {
    return "avro";
  }

  @Override
  public String description() {
    return "Avro with its schemas in a registry that has Confluent's interface: a zero byte, the"
        + " schema's number, the record. Fields are as in the format json, flat or with a record or"
        + " map of features.";
  }

  @Override
  public List<Option> options() {
    final List<Option> options = new ArrayList<>(RegistryOptions.ALL);
    options.addAll(List.of(ENVELOPE, READER_SCHEMA, Ignored.OPTION, SUBJECT));
    return List.copyOf(options);
  }

  @Override
  public boolean bringsLateLabels(final Options options) {
    return isDebezium(options);
  }

  static boolean isDebezium(final Options options) {
    return options.choice(ENVELOPE.name(), Envelope.class) == Envelope.DEBEZIUM;
  }

  @Override
  public RecordReader reader(final FormatSettings settings) {
    return new AvroReader(settings);
  }

  @Override
  public RecordWriter writer(final FormatSettings settings) {
    return new AvroWriter(settings);
  }

  @Override
  public RecordEncoder<PredictionRecord> predictions(
      final FieldNames fields, final Options options, final int maxBytes) {
    return new AvroPredictions(
        fields, RegistryOptions.of(options), subject(options, "braid-predictions"), maxBytes);
  }

  static String subject(final Options options, final String fallback) {
    final String subject = options.text(SUBJECT.name());
    return subject.isEmpty() ? fallback : subject;
  }
}
