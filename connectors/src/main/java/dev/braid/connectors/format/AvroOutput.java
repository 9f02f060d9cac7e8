package dev.braid.connectors.format;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** Writes records of one schema, which is registered with the first of them. Not thread-safe. */
final class AvroOutput {
  private final SchemaRegistry registry;
  private final String subject;
  private final Schema schema;
  private final GenericDatumWriter<GenericRecord> writer;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
  private BinaryEncoder encoder;
  private byte[] header;

  AvroOutput(final RegistryOptions registry, final String subject, final Schema schema) {
    this.registry = new SchemaRegistry(registry);
    this.subject = subject;
    this.schema = schema;
    this.writer = new GenericDatumWriter<>(schema);
  }

  Schema schema() {
    return schema;
  }

  byte[] write(final GenericRecord record) {
    if (header == null) {
      final byte[] registered = new byte[SchemaRegistry.HEADER];
      SchemaRegistry.number(registry.register(subject, "AVRO", schema.toString()), registered);
      header = registered;
    }
    bytes.reset();
    bytes.writeBytes(header);
    encoder = EncoderFactory.get().directBinaryEncoder(bytes, encoder);
    try {
      writer.write(record, encoder);
      encoder.flush();
    } catch (final IOException impossible) {
      throw new UncheckedIOException("a record could not be written as Avro", impossible);
    }
    return bytes.toByteArray();
  }
}
