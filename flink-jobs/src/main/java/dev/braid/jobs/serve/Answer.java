package dev.braid.jobs.serve;

import java.nio.charset.StandardCharsets;

/**
 * What goes back over HTTP.
 *
 * @param type of the content
 */
@SuppressWarnings("ArrayRecordComponent")
record Answer(int status, String type, byte[] body) {
  static final String JSON = "application/json";

  static Answer json(final int status, final byte[] body) {
    return new Answer(status, JSON, body);
  }

  /** A refusal: {@code {"error": "..."}}. */
  static Answer error(final int status, final String sentence) {
    return json(status, Json.error(sentence));
  }

  static Answer text(final String type, final String text) {
    return new Answer(200, type + "; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }
}
