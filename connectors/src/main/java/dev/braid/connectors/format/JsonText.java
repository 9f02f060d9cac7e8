package dev.braid.connectors.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;

/**
 * Characters that should be one JSON object, read as a stream of tokens.
 *
 * @param array holds them
 * @param from the first of them
 * @param length how many
 */
@SuppressWarnings("ArrayRecordComponent")
record JsonText(char[] array, int from, int length) {
  /** Deep enough for anything a person writes, shallow enough to stop nesting bombs at once. */
  private static final int MAX_DEPTH = 64;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          // Read, in order to be refused with the name of the feature.
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          // The table of names is shared by all records, and names made to collide in it would
          // turn later, good records into errors.
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNameLength(100_000)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  /** What is done with the object; the parser stands on its opening brace. */
  interface Body {
    void read(JsonParser in) throws Refusal, IOException;
  }

  /**
   * Reads the object.
   *
   * @throws Refusal if the body refuses it, or it is not JSON, no object, or not alone
   */
  void read(final Body body) throws Refusal, IOException {
    boolean closed = false;
    try (JsonParser in = JSON.createParser(array, from, length)) {
      final JsonToken first = in.nextToken();
      if (first != JsonToken.START_OBJECT) {
        throw new Refusal("the record is " + nameOf(first) + " instead of a JSON object");
      }
      body.read(in);
      closed = true;
      if (in.nextToken() != null) {
        throw new Refusal("text follows the end of the JSON object");
      }
    } catch (final JsonEOFException cut) {
      throw new Refusal("the record is not valid JSON: it ends too early");
    } catch (final JsonProcessingException broken) {
      throw new Refusal(
          closed
              ? "text follows the end of the JSON object"
              : "the record is not valid JSON: " + firstLine(broken.getOriginalMessage()));
    }
  }

  /** Whether the current token is a number in JSON's own sense, without NaN and infinity. */
  static boolean isNumber(final JsonParser in) throws IOException {
    return in.currentToken().isNumeric() && !in.isNaN();
  }

  /** What the current token is, in words: a scalar by its text. */
  static String found(final JsonParser in) throws IOException {
    final JsonToken token = in.currentToken();
    return token.isScalarValue() ? Refusal.show(in.getText()) : nameOf(token);
  }

  private static String nameOf(final JsonToken token) {
    return switch (token) {
      case START_OBJECT -> "a nested object";
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "a text";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_TRUE, VALUE_FALSE -> "true/false";
      case VALUE_NULL -> "null";
      default -> "something else";
    };
  }

  private static String firstLine(final String message) {
    final int end = message.indexOf('\n');
    final String line = end < 0 ? message : message.substring(0, end);
    final String shown = line.length() > 160 ? line.substring(0, 160) + "..." : line;
    // Jackson shows the text as it found it.
    return shown.replaceAll("\\p{Cntrl}", "?");
  }
}
