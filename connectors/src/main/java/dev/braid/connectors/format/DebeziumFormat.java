package dev.braid.connectors.format;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import java.io.IOException;
import java.util.List;

/** Changes of a table's rows in Debezium's JSON, see {@link ChangeEvents}. */
public final class DebeziumFormat implements RecordFormat {
  /** A format without state; {@link RecordFormats} finds it. */
  public DebeziumFormat() {}

  @Override
  public String name() {
    return "debezium";
  }

  @Override
  public String description() {
    return "Changes of a table's rows as Debezium writes them, in JSON with or without its schema: an"
        + " inserted row is an event, its columns the features; the update that sets its label is"
        + " the late label, so that no topic of labels is needed.";
  }

  @Override
  public List<Option> options() {
    return List.of(Ignored.OPTION);
  }

  @Override
  public boolean bringsLateLabels(final Options options) {
    return true;
  }

  @Override
  public RecordReader reader(final FormatSettings settings) {
    final Utf8Text text = new Utf8Text();
    final JsonRow row = new JsonRow(Ignored.of(settings.options()));
    final ChangeEvents changes = new ChangeEvents(settings.decoding().fields());
    return (value, into) -> {
      text.take(value);
      changes.read(JsonNode.of(text.json(), row), into);
    };
  }

  @Override
  public RecordWriter writer(final FormatSettings settings) {
    return new JsonWriter(
        settings.decoding().fields(),
        true,
        new JsonWriter.Envelope() {
          @Override
          public void open(
              final JsonGenerator out, final String id, final String key, final long timestamp)
              throws IOException {
            out.writeStartObject();
            out.writeNullField("before");
            out.writeFieldName("after");
          }

          @Override
          public void close(final JsonGenerator out, final long timestamp) throws IOException {
            out.writeStringField("op", settings.isEvent() ? "c" : "u");
            out.writeNumberField("ts_ms", timestamp);
            out.writeEndObject();
          }
        });
  }
}
