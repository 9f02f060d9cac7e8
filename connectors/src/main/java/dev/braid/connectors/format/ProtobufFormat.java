package dev.braid.connectors.format;

import dev.braid.spec.Option;
import dev.braid.spec.Options;
import java.util.ArrayList;
import java.util.List;

/** Protobuf in the wire format of Confluent's schema registry, see {@link ProtobufReader}. */
public final class ProtobufFormat implements RecordFormat {

  /** A format without state; {@link RecordFormats} finds it. */
  public ProtobufFormat() {}

  @Override
  public String name() {
    return "protobuf";
  }

  @Override
  public String description() {
    return "Protobuf with its schemas in a registry that has Confluent's interface: a zero byte, the"
        + " schema's number, which of its messages, the message. Fields are as in the format json,"
        + " flat or with a message or map of features.";
  }

  @Override
  public List<Option> options() {
    final List<Option> options = new ArrayList<>(RegistryOptions.ALL);
    options.addAll(List.of(ChangeEvents.OPTION, Ignored.OPTION, RegistryOptions.SUBJECT));
    return List.copyOf(options);
  }

  @Override
  public boolean bringsLateLabels(final Options options) {
    return ChangeEvents.areIn(options);
  }

  @Override
  public RecordReader reader(final FormatSettings settings) {
    return new ProtobufReader(settings);
  }

  @Override
  public RecordWriter writer(final FormatSettings settings) {
    return new ProtobufWriter(settings);
  }
}
