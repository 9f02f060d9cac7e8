package dev.braid.connectors.format;

import dev.braid.connectors.format.CloudEventsFormat.IdFrom;
import java.io.IOException;
import java.util.List;

/**
 * One CloudEvent in structured mode per record: the record proper lies in its data, and the
 * envelope says the id, the time and the key.
 */
final class CloudEventsReader implements RecordReader {
  private final Utf8Text text = new Utf8Text();
  private final JsonRow row;
  private final List<String> path;
  private final boolean idOfEnvelope;
  private final String keyAttribute;

  CloudEventsReader(final FormatSettings settings) {
    row = new JsonRow(Ignored.of(settings.options()));
    path = CloudEventsFormat.path(settings.options());
    final IdFrom from = settings.options().choice(CloudEventsFormat.ID_FROM.name(), IdFrom.class);
    idOfEnvelope = from == IdFrom.ENVELOPE && settings.isEvent();
    keyAttribute = settings.options().text(CloudEventsFormat.KEY_ATTRIBUTE.name());
  }

  @Override
  public void read(final byte[] value, final RecordFields into) throws Refusal, IOException {
    text.take(value);
    final Node envelope = JsonNode.of(text.json(), row);
    if (envelope.text("specversion") == null) {
      throw new Refusal("the record is no CloudEvent: it has no 'specversion'");
    }
    if (envelope.get("data_base64") != null) {
      throw new Refusal("the CloudEvent's data is binary (data_base64) instead of JSON");
    }
    final Node given = envelope.get("data");
    final Node data = given == null ? null : given.at(path);
    if (data == null || !data.isObject()) {
      throw new Refusal(
          "the CloudEvent has no JSON object in "
              + Refusal.show(path.isEmpty() ? "data" : "data." + String.join(".", path)));
    }
    final String id = envelope.text("id");
    final String time = envelope.text("time");
    final String key = envelope.text(keyAttribute);
    if (time != null) {
      into.outerTimestamp(time);
    }
    if (key != null) {
      into.outerKey(key);
    }
    if (id != null && into.wantsFeatures()) {
      into.outerId(id);
    }
    data.read(into);
    if (id != null && idOfEnvelope) {
      into.id(id);
    }
  }
}
