package dev.braid.connectors.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.braid.connectors.format.RecordFields.Field;
import dev.braid.data.Feature;
import java.io.IOException;

/** One JSON object per record, read as a stream of tokens. Fields it does not know are skipped. */
final class JsonReader implements RecordReader {
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

  private final Utf8Text text = new Utf8Text();

  @Override
  public void read(final byte[] value, final RecordFields into) throws Refusal, IOException {
    text.take(value);
    boolean closed = false;
    try (JsonParser in = JSON.createParser(text.array(), text.from(), text.length())) {
      final JsonToken first = in.nextToken();
      if (first != JsonToken.START_OBJECT) {
        throw new Refusal("the record is " + nameOf(first) + " instead of a JSON object");
      }
      while (in.nextToken() != JsonToken.END_OBJECT) {
        final String field = in.currentName();
        in.nextToken();
        readField(in, field, into);
      }
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

  private static void readField(final JsonParser in, final String name, final RecordFields into)
      throws Refusal, IOException {
    final Field field = into.field(name);
    if (field == Field.OTHER) {
      in.skipChildren();
      return;
    }
    into.once(field, name);
    if (field == Field.FEATURES) {
      readFeatures(in, name, into);
    } else if (in.currentToken() != JsonToken.VALUE_NULL) {
      switch (field) {
        case ID -> into.id(readName(in, name, false));
        case KEY -> into.key(readName(in, name, false));
        case LABEL -> into.label(readName(in, name, true));
        default -> readTimestamp(in, into);
      }
    }
  }

  private static String readName(final JsonParser in, final String field, final boolean flagAllowed)
      throws Refusal, IOException {
    final JsonToken token = in.currentToken();
    final boolean fits =
        token == JsonToken.VALUE_STRING || isNumber(in) || (flagAllowed && token.isBoolean());
    if (!fits) {
      throw wrongType(in, field, flagAllowed ? "text, number or true/false" : "text or number");
    }
    return in.getText();
  }

  private static void readTimestamp(final JsonParser in, final RecordFields into)
      throws IOException {
    if (in.currentToken() == JsonToken.VALUE_STRING || isNumber(in)) {
      into.timestamp(in.getText());
    } else {
      into.badTimestamp();
      in.skipChildren();
    }
  }

  private static void readFeatures(final JsonParser in, final String field, final RecordFields into)
      throws Refusal, IOException {
    if (in.currentToken() != JsonToken.START_OBJECT) {
      throw wrongType(in, field, "an object of names and values");
    }
    while (in.nextToken() != JsonToken.END_OBJECT) {
      final String name = in.currentName();
      switch (in.nextToken()) {
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> readNumber(in, name, into);
        case VALUE_STRING, VALUE_TRUE, VALUE_FALSE -> into.text(name, in.getText());
        case VALUE_NULL -> into.missing(name);
        default ->
            throw new Refusal(
                "feature "
                    + Refusal.show(name)
                    + " is "
                    + nameOf(in.currentToken())
                    + " instead of a number, a text, true/false or null");
      }
    }
  }

  private static void readNumber(final JsonParser in, final String name, final RecordFields into)
      throws Refusal, IOException {
    if (into.declared(name) == Feature.Kind.NOMINAL && !in.isNaN()) {
      into.text(name, in.getText());
      return;
    }
    final double value = in.getDoubleValue();
    if (!Double.isFinite(value)) {
      throw Texts.notFinite(name, in.getText());
    }
    into.number(name, value);
  }

  /** Whether the current token is a number in JSON's own sense, without NaN and infinity. */
  private static boolean isNumber(final JsonParser in) throws IOException {
    return in.currentToken().isNumeric() && !in.isNaN();
  }

  private static Refusal wrongType(final JsonParser in, final String field, final String expected)
      throws IOException {
    final JsonToken token = in.currentToken();
    final String found = token.isScalarValue() ? Refusal.show(in.getText()) : nameOf(token);
    return new Refusal("field " + Refusal.show(field) + " is " + found + " instead of " + expected);
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
