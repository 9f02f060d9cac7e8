package dev.braid.connectors.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.braid.connectors.format.RecordFields.Field;
import dev.braid.data.Feature;
import java.io.IOException;
import java.util.Set;

/**
 * Reads one JSON object as a record: nested, its features in an object of their own and all that is
 * not known skipped, or flat, without that object, where all that is no other field is a feature.
 *
 * <p>Which of the two it is shows only at its end. Streams repeat themselves: the object is read as
 * the one before was, and once more where that was wrong. What comes of it does not depend on what
 * came before. Not thread-safe.
 */
final class JsonRow {
  private final Set<String> ignored;

  /** How the last object was read. */
  private boolean flat;

  /** Whether the current object holds the object of features. */
  private boolean nested;

  /**
   * @param ignored paths of what is no feature
   */
  JsonRow(final Set<String> ignored) {
    this.ignored = ignored;
  }

  /** Reads an object; what has been noted in {@code into} before stays. */
  void read(final JsonText text, final RecordFields into) throws Refusal, IOException {
    final boolean triedFlat = flat && into.wantsFeatures();
    Refusal refusal = null;
    try {
      attempt(text, triedFlat, into);
      if (!into.wantsFeatures() || nested != triedFlat) {
        return;
      }
    } catch (final Refusal refused) {
      refusal = refused;
    }
    text.read(in -> nested = holdsFeatures(in, "", into));
    flat = !nested && into.wantsFeatures();
    if (refusal != null && flat == triedFlat) {
      throw refusal;
    }
    into.restart();
    attempt(text, flat, into);
  }

  private void attempt(final JsonText text, final boolean asFlat, final RecordFields into)
      throws Refusal, IOException {
    nested = false;
    text.read(in -> readFields(in, "", asFlat, into));
  }

  private void readFields(
      final JsonParser in, final String path, final boolean asFlat, final RecordFields into)
      throws Refusal, IOException {
    while (in.nextToken() != JsonToken.END_OBJECT) {
      final String name = below(path, in.currentName());
      in.nextToken();
      final Field field = into.field(name);
      if (field == Field.OTHER) {
        readOther(in, name, asFlat, into);
      } else {
        readField(in, field, name, into);
      }
    }
  }

  private void readOther(
      final JsonParser in, final String name, final boolean asFlat, final RecordFields into)
      throws Refusal, IOException {
    if (in.currentToken() == JsonToken.START_OBJECT && into.leadsToField(name)) {
      readFields(in, name, asFlat && !ignored.contains(name), into);
    } else if (asFlat) {
      readFeature(in, name, into);
    } else {
      in.skipChildren();
    }
  }

  private void readField(
      final JsonParser in, final Field field, final String name, final RecordFields into)
      throws Refusal, IOException {
    into.once(field, name);
    if (field == Field.FEATURES) {
      nested = true;
      if (in.currentToken() != JsonToken.START_OBJECT) {
        throw wrongType(in, name, "an object of names and values");
      }
      readFeatures(in, "", into);
    } else if (in.currentToken() != JsonToken.VALUE_NULL) {
      switch (field) {
        case ID -> into.id(readName(in, name, false));
        case KEY -> into.key(readName(in, name, false));
        case LABEL -> into.label(readName(in, name, true));
        default -> readTimestamp(in, into);
      }
    }
  }

  private void readFeatures(final JsonParser in, final String path, final RecordFields into)
      throws Refusal, IOException {
    while (in.nextToken() != JsonToken.END_OBJECT) {
      final String name = below(path, in.currentName());
      in.nextToken();
      readFeature(in, name, into);
    }
  }

  private void readFeature(final JsonParser in, final String name, final RecordFields into)
      throws Refusal, IOException {
    if (ignored.contains(name)) {
      in.skipChildren();
      return;
    }
    switch (in.currentToken()) {
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> readNumber(in, name, into);
      case VALUE_STRING, VALUE_TRUE, VALUE_FALSE -> into.text(name, in.getText());
      case VALUE_NULL -> into.missing(name);
      case START_OBJECT -> readFeatures(in, name, into);
      default -> {
        for (int i = 0; in.nextToken() != JsonToken.END_ARRAY; i++) {
          readFeature(in, name + '[' + i + ']', into);
        }
      }
    }
  }

  /** Whether the object, or one in it that leads there, has the object of features. */
  private static boolean holdsFeatures(
      final JsonParser in, final String path, final RecordFields into) throws IOException {
    boolean holds = false;
    while (in.nextToken() != JsonToken.END_OBJECT) {
      final String name = below(path, in.currentName());
      final boolean object = in.nextToken() == JsonToken.START_OBJECT;
      if (into.field(name) == Field.FEATURES) {
        holds = true;
        in.skipChildren();
      } else if (object && into.leadsToField(name)) {
        holds |= holdsFeatures(in, name, into);
      } else {
        in.skipChildren();
      }
    }
    return holds;
  }

  private static String below(final String path, final String name) {
    return path.isEmpty() ? name : path + '.' + name;
  }

  private static String readName(final JsonParser in, final String field, final boolean flagAllowed)
      throws Refusal, IOException {
    final JsonToken token = in.currentToken();
    final boolean fits =
        token == JsonToken.VALUE_STRING
            || JsonText.isNumber(in)
            || (flagAllowed && token.isBoolean());
    if (!fits) {
      throw wrongType(in, field, flagAllowed ? "text, number or true/false" : "text or number");
    }
    return in.getText();
  }

  private static void readTimestamp(final JsonParser in, final RecordFields into)
      throws IOException {
    if (in.currentToken() == JsonToken.VALUE_STRING || JsonText.isNumber(in)) {
      into.timestamp(in.getText());
    } else {
      into.badTimestamp();
      in.skipChildren();
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

  private static Refusal wrongType(final JsonParser in, final String field, final String expected)
      throws IOException {
    return new Refusal(
        "field " + Refusal.show(field) + " is " + JsonText.found(in) + " instead of " + expected);
  }
}
