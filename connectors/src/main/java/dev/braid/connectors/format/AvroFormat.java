package dev.braid.connectors.format;

import dev.braid.connectors.PredictionRecord;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import java.util.ArrayList;
import java.util.List;

/** Avro in the wire format of Confluent's schema registry, see {@link AvroReader}. */
public final class AvroFormat implements RecordFormat {
  static final Option READER_SCHEMA =
      new Option(
          "reader-schema",
          "",
          "A schema in JSON as which all records are read, by Avro's rules of evolution; empty where"
              + " each is read as it was written.");

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
    options.addAll(
        List.of(ChangeEvents.OPTION, READER_SCHEMA, Ignored.OPTION, RegistryOptions.SUBJECT));
    return List.copyOf(options);
  }

  @Override
  public boolean bringsLateLabels(final Options options) {
    return ChangeEvents.areIn(options);
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
        fields,
        RegistryOptions.of(options),
        RegistryOptions.subject(options, "braid-predictions"),
        maxBytes);
  }
}
