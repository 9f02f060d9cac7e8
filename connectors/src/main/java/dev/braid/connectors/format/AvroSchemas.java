package dev.braid.connectors.format;

import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/** Avro schemas as texts. */
final class AvroSchemas {
  private static final int SHOWN = 160;

  private AvroSchemas() {}

  /**
   * The schema of a text.
   *
   * @throws SchemaParseException if it is none
   */
  static Schema parse(final String text) {
    try {
      return new Schema.Parser().parse(text);
    } catch (final StackOverflowError tooDeep) {
      throw new SchemaParseException("it is nested too deeply");
    } catch (final SchemaParseException broken) {
      throw broken;
    } catch (final RuntimeException broken) {
      throw new SchemaParseException(broken);
    }
  }

  /** What a library said, as the end of a sentence; nothing where it says nothing to a person. */
  static String because(final Exception said) {
    final String message = said.getMessage();
    if (message == null || message.contains("Exception")) {
      return "";
    }
    final String cut = message.length() > SHOWN ? message.substring(0, SHOWN) + "..." : message;
    return ": " + cut.replaceAll("\\p{Cntrl}", "?");
  }
}
