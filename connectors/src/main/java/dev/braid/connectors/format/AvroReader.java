package dev.braid.connectors.format;

import java.io.EOFException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/**
 * One Avro record per record, read by the schema whose number it begins with. A number that the
 * registry does not know costs that record alone; a registry that does not answer costs none.
 */
final class AvroReader implements RecordReader {
  private static final int MOST_SCHEMAS = 1_000;

  private final SchemaRegistry registry;
  private final Schema wanted;
  private final AvroRow row;
  private final ChangeEvents changes;
  private final Map<Integer, AvroDatumReader> readers = new HashMap<>();
  private BinaryDecoder decoder;

  AvroReader(final FormatSettings settings) {
    registry = new SchemaRegistry(RegistryOptions.of(settings.options()));
    final String schema = settings.options().text(AvroFormat.READER_SCHEMA.name());
    try {
      wanted = schema.isBlank() ? null : AvroSchemas.parse(schema);
    } catch (final SchemaParseException none) {
      throw settings
          .options()
          .bad(AvroFormat.READER_SCHEMA.name(), "an Avro schema in JSON: " + none.getMessage());
    }
    row = new AvroRow(Ignored.of(settings.options()));
    changes =
        ChangeEvents.areIn(settings.options())
            ? new ChangeEvents(settings.decoding().fields())
            : null;
  }

  @Override
  public void read(final byte[] value, final RecordFields into) throws Refusal, IOException {
    final int number = SchemaRegistry.number(value);
    final Object datum = datum(number, value);
    if (!(datum instanceof final GenericRecord record)) {
      throw new Refusal("schema " + number + " is no record");
    }
    if (changes == null) {
      row.read(record, into);
    } else {
      changes.read(AvroNode.of(record, row), into);
    }
  }

  private Object datum(final int number, final byte[] value) throws Refusal {
    final AvroDatumReader reader = reader(number);
    final int from = SchemaRegistry.HEADER;
    decoder = DecoderFactory.get().binaryDecoder(value, from, value.length - from, decoder);
    final Object datum;
    try {
      datum = reader.readFrom(decoder);
    } catch (final EOFException cut) {
      throw new Refusal("the record ends too early for its schema, " + number);
    } catch (final IOException | RuntimeException broken) {
      throw new Refusal("the record does not fit its schema, " + number + Texts.because(broken));
    }
    if (decoder.remainingBytes() > 0) {
      throw new Refusal(
          decoder.remainingBytes() + " bytes follow the end of the record of schema " + number);
    }
    return datum;
  }

  private AvroDatumReader reader(final int number) throws Refusal {
    AvroDatumReader reader = readers.get(number);
    if (reader == null) {
      final String text = registry.schema(number).path("schema").textValue();
      try {
        final Schema written = AvroSchemas.parse(text);
        reader = new AvroDatumReader(written, wanted == null ? written : wanted);
      } catch (final SchemaParseException broken) {
        throw new Refusal("schema " + number + " is no Avro schema" + Texts.because(broken));
      }
      if (readers.size() >= MOST_SCHEMAS) {
        readers.clear();
      }
      readers.put(number, reader);
    }
    return reader;
  }
}
