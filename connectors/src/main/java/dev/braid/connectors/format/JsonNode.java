package dev.braid.connectors.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * A value in JSON. Of an object the fields' places are noted when one is asked for; nothing is
 * copied.
 */
final class JsonNode implements Node {
  private final JsonRow row;
  private final JsonText object;
  private final String text;
  private Map<String, JsonNode> fields;

  private JsonNode(final JsonRow row, final JsonText object, final String text) {
    this.row = row;
    this.object = object;
    this.text = text;
  }

  /**
   * What should be an object.
   *
   * @param row reads objects in it as records
   */
  static JsonNode of(final JsonText object, final JsonRow row) {
    return new JsonNode(row, object, null);
  }

  @Override
  public Node get(final String name) throws Refusal, IOException {
    if (object == null) {
      return null;
    }
    if (fields == null) {
      final Map<String, JsonNode> found = new HashMap<>();
      object.read(in -> index(in, found));
      fields = found;
    }
    return fields.get(name);
  }

  private void index(final JsonParser in, final Map<String, JsonNode> found)
      throws Refusal, IOException {
    while (in.nextToken() != JsonToken.END_OBJECT) {
      final String name = in.currentName();
      final JsonToken token = in.nextToken();
      final JsonNode node = node(in, token);
      if (node != null && found.put(name, node) != null) {
        throw new Refusal("field " + Refusal.show(name) + " is there twice");
      }
    }
  }

  private JsonNode node(final JsonParser in, final JsonToken token) throws IOException {
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    if (token.isScalarValue()) {
      return new JsonNode(row, null, in.getText());
    }
    final int start = offset(in.currentTokenLocation().getCharOffset());
    in.skipChildren();
    final int end = offset(in.currentLocation().getCharOffset());
    return new JsonNode(
        row,
        token == JsonToken.START_OBJECT
            ? new JsonText(object.array(), object.from() + start, end - start)
            : null,
        null);
  }

  private static int offset(final long offset) {
    return Math.toIntExact(offset);
  }

  @Override
  public String text() {
    return text;
  }

  @Override
  public boolean isObject() {
    return object != null;
  }

  @Override
  public void read(final RecordFields into) throws Refusal, IOException {
    row.read(object, into);
  }
}
