package dev.braid.connectors.format;

import java.io.IOException;
import java.util.Set;

/** One JSON object per record, see {@link JsonRow}. */
final class JsonReader implements RecordReader {
  private final Utf8Text text = new Utf8Text();
  private final JsonRow row;

  /**
   * @param ignored paths of what is no feature
   */
  JsonReader(final Set<String> ignored) {
    row = new JsonRow(ignored);
  }

  @Override
  public void read(final byte[] value, final RecordFields into) throws Refusal, IOException {
    text.take(value);
    row.read(text.json(), into);
  }
}
