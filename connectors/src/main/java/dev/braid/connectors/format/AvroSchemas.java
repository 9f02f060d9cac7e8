package dev.braid.connectors.format;

import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/** Avro schemas as texts. */
final class AvroSchemas {
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
}
