package dev.braid.connectors.format;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** CloudEvents 1.0 in their structured mode as JSON, see {@link CloudEventsReader}. */
public final class CloudEventsFormat implements RecordFormat {
  static final Option DATA =
      new Option(
          "data",
          "",
          "Where in `data` the record lies, as `order.row`; empty where `data` itself is it.");
  static final Option ID_FROM =
      new Option(
          "id-from",
          "envelope",
          "Where an event's id is read: `envelope` takes the CloudEvent's `id`, `data` the field in"
              + " the data, and the envelope's where that has none. A label names its event in its"
              + " data.");
  static final Option KEY_ATTRIBUTE =
      new Option(
          "key-attribute",
          "partitionkey",
          "Attribute of the envelope that is the model's key where the data names none.");

  /** Where an event's id is read. */
  enum IdFrom {
    ENVELOPE,
    DATA
  }

  /** A format without state; {@link RecordFormats} finds it. */
  public CloudEventsFormat() {}

  @Override
  public String name() {
    return "cloudevents";
  }

  @Override
  public String description() {
    return "One CloudEvent 1.0 per record, in structured mode as JSON: the data is as in the format"
        + " json, id and time come from the envelope.";
  }

  @Override
  public List<Option> options() {
    return List.of(DATA, ID_FROM, KEY_ATTRIBUTE, Ignored.OPTION);
  }

  @Override
  public RecordReader reader(final FormatSettings settings) {
    return new CloudEventsReader(settings);
  }

  /** The names of a path; none where the option is empty. */
  static List<String> path(final Options options) {
    final String text = options.text(DATA.name());
    final List<String> path = text.isEmpty() ? List.of() : List.of(text.split("\\.", -1));
    if (path.stream().anyMatch(String::isBlank)) {
      throw options.bad(DATA.name(), "names separated by dots");
    }
    return path;
  }

  @Override
  public RecordWriter writer(final FormatSettings settings) {
    final List<String> path = path(settings.options());
    return new JsonWriter(
        settings.decoding().fields(),
        true,
        new JsonWriter.Envelope() {
          @Override
          public void open(
              final JsonGenerator out, final String id, final String key, final long timestamp)
              throws IOException {
            out.writeStartObject();
            out.writeStringField("specversion", "1.0");
            out.writeStringField(
                "type", settings.isEvent() ? "dev.braid.event" : "dev.braid.label");
            out.writeStringField("source", "/braid");
            out.writeStringField("id", id);
            out.writeStringField("time", Instant.ofEpochMilli(timestamp).toString());
            out.writeStringField("datacontenttype", "application/json");
            out.writeFieldName("data");
            for (final String name : path) {
              out.writeStartObject();
              out.writeFieldName(name);
            }
          }

          @Override
          public void close(final JsonGenerator out, final long timestamp) throws IOException {
            for (int i = 0; i <= path.size(); i++) {
              out.writeEndObject();
            }
          }
        });
  }
}
