package dev.braid.connectors.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.data.Feature.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Avro in the wire format of a schema registry, of schemas as people have them. */
class AvroEventsTest {
  private static final String ORDER =
      """
      {"type":"record","name":"Order","fields":[
        {"name":"id","type":"long"},
        {"name":"key","type":["null","string"]},
        {"name":"ts","type":{"type":"long","logicalType":"timestamp-micros"}},
        {"name":"amount","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},
        {"name":"weight","type":["null","float"]},
        {"name":"count","type":"int"},
        {"name":"paid","type":"boolean"},
        {"name":"state","type":{"type":"enum","name":"State","symbols":["NEW","OLD"]}},
        {"name":"address","type":["null",{"type":"record","name":"Address","fields":[
          {"name":"city","type":"string"},{"name":"lat","type":"double"}]}]},
        {"name":"emb","type":{"type":"array","items":"float"}},
        {"name":"extra","type":{"type":"map","values":["null","double","string"]}},
        {"name":"label","type":["null","int","string"]}]}""";

  private final StubRegistry registry = new StubRegistry();

  @AfterEach
  void close() {
    registry.close();
  }

  private RecordDecoder decoder(final String... options) {
    return decoder(DecoderOptions.DEFAULT, options);
  }

  private RecordDecoder decoder(final DecoderOptions decoding, final String... options) {
    final Map<String, String> all = new HashMap<>(registry.options());
    for (int i = 0; i < options.length; i += 2) {
      all.put(options[i], options[i + 1]);
    }
    return RecordFormats.events("avro", decoding, all);
  }

  private static Schema parse(final String schema) {
    return new Schema.Parser().parse(schema);
  }

  private static byte[] wire(final int number, final GenericRecord record) {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(ByteBuffer.allocate(5).put((byte) 0).putInt(number).array());
    final BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    try {
      new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
      encoder.flush();
    } catch (final IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  private static GenericRecordBuilder order(final Schema schema) {
    final GenericData.Record address =
        new GenericData.Record(schema.getField("address").schema().getTypes().get(1));
    address.put("city", "Oslo");
    address.put("lat", 59.9);
    return new GenericRecordBuilder(schema)
        .set("id", 7L)
        .set("key", "shop")
        .set("ts", 1_700_000_000_123_456L)
        .set("amount", ByteBuffer.wrap(new byte[] {4, (byte) 0xd2}))
        .set("weight", 0.5f)
        .set("count", 3)
        .set("paid", true)
        .set("state", new GenericData.EnumSymbol(schema.getField("state").schema(), "NEW"))
        .set("address", address)
        .set("emb", List.of(1f, 2f))
        .set("extra", new TreeMap<>(Map.of("a", 1.5, "b", "x")))
        .set("label", 1);
  }

  private static Event event(final RecordDecoder decoder, final byte[] record) {
    return assertInstanceOf(
        Event.class, decoder.decode(Records.origin(record), Records.KAFKA_TIME));
  }

  @Test
  void aFlatRecordOfEveryTypeIsRead() {
    registry.put(42, ORDER);
    final Event event = event(decoder(), wire(42, order(parse(ORDER)).build()));
    assertEquals("7", event.id());
    assertEquals("shop", event.key());
    assertEquals(1_700_000_000_123L, event.timestamp());
    assertEquals("1", event.label());
    assertArrayEquals(
        new String[] {
          "amount",
          "weight",
          "count",
          "paid",
          "state",
          "address.city",
          "address.lat",
          "emb[0]",
          "emb[1]",
          "extra.a",
          "extra.b"
        },
        event.names());
    assertArrayEquals(
        new String[] {null, null, null, "true", "NEW", "Oslo", null, null, null, null, "x"},
        event.texts());
    final double none = Double.NaN;
    assertArrayEquals(
        new double[] {12.34, 0.5, 3, none, none, none, 59.9, 1, 2, 1.5, none}, event.numbers());
  }

  /**
   * Two rows as Flink's own sink wrote them, {@code 'format' = 'avro-confluent'} of
   * flink-sql-avro-confluent-registry 2.1.0 with the table runtime of 2.2.1; its schema is the one
   * that it registered.
   */
  @Test
  void whatFlinksOwnWriterWroteIsRead() throws IOException {
    try (InputStream schema = getClass().getResourceAsStream("/avro/flink-order.avsc")) {
      registry.put(7, new String(schema.readAllBytes(), StandardCharsets.UTF_8));
    }
    final RecordDecoder decoder = decoder();
    final Event first =
        event(
            decoder,
            HexFormat.of()
                .parseHex(
                    "0000000007066f2d31020873686f7002f6a1abfef962020404d202010202084f736c6f02333333"
                        + "3333f34d400204020000003f00000202026e02060002046f6b"));
    assertEquals("o-1", first.id());
    assertEquals("shop", first.key());
    assertEquals(1_700_000_000_123L, first.timestamp());
    assertEquals("ok", first.label());
    assertArrayEquals(
        new String[] {
          "amount", "paid", "address.city", "address.lat", "emb[0]", "emb[1]", "extra.n"
        },
        first.names());
    final double none = Double.NaN;
    assertArrayEquals(new double[] {12.34, none, none, 59.9, 0.5, none, 3}, first.numbers());
    assertArrayEquals(new String[] {null, "true", "Oslo", null, null, null, null}, first.texts());
    final Event second =
        event(decoder, HexFormat.of().parseHex("0000000007066f2d32000290a7abfef962000000000000"));
    assertEquals("o-2", second.id());
    assertEquals(1_700_000_000_456L, second.timestamp());
    assertArrayEquals(new String[] {"amount", "paid"}, second.names());
    assertNull(second.label());
  }

  @Test
  void whatIsNullIsMissingAndARecordThatIsNullIsNothing() {
    registry.put(42, ORDER);
    final Event event =
        event(
            decoder(),
            wire(
                42,
                order(parse(ORDER))
                    .set("key", null)
                    .set("weight", null)
                    .set("address", null)
                    .set("label", null)
                    .build()));
    assertEquals("", event.key());
    assertNull(event.label());
    assertEquals("weight", event.names()[1]);
    assertTrue(Double.isNaN(event.numbers()[1]));
    assertTrue(Arrays.stream(event.names()).noneMatch(name -> name.startsWith("address")));
  }

  @Test
  void theFeaturesMayBeARecordOfTheirOwn() {
    final String schema =
        """
        {"type":"record","name":"E","fields":[{"name":"id","type":"string"},
         {"name":"features","type":{"type":"record","name":"F","fields":[
           {"name":"a","type":"double"}]}},{"name":"other","type":"bytes"}]}""";
    registry.put(1, schema);
    final Schema parsed = parse(schema);
    final GenericData.Record features =
        new GenericData.Record(parsed.getField("features").schema());
    features.put("a", 2.5);
    final GenericRecord record =
        new GenericRecordBuilder(parsed)
            .set("id", "x")
            .set("features", features)
            .set("other", ByteBuffer.allocate(3))
            .build();
    assertArrayEquals(new String[] {"a"}, event(decoder(), wire(1, record)).names());
  }

  @Test
  void bytesAreNoFeatureAndCanBeLeftOut() {
    final String schema =
        """
        {"type":"record","name":"E","fields":[{"name":"id","type":"string"},
         {"name":"raw","type":"bytes"},{"name":"a","type":"int"}]}""";
    registry.put(1, schema);
    final byte[] record =
        wire(
            1,
            new GenericRecordBuilder(parse(schema))
                .set("id", "x")
                .set("raw", ByteBuffer.allocate(3))
                .set("a", 5)
                .build());
    assertEquals(
        "feature 'raw' is of type bytes, which is no value to learn from: leave it out by the option"
            + " 'ignore'",
        Records.reason(decoder(), record));
    assertArrayEquals(new String[] {"a"}, event(decoder("ignore", "raw"), record).names());
    final RecordDecoder nominal =
        decoder(DecoderOptions.DEFAULT.withDeclared(Map.of("a", Kind.NOMINAL)), "ignore", "raw");
    assertEquals("5", event(nominal, record).texts()[0]);
  }

  @Test
  void aWriterMayHaveMoreOrFewerFieldsThanTheReaderWants() {
    final String older =
        """
        {"type":"record","name":"E","fields":[{"name":"id","type":"string"},
         {"name":"a","type":"int"},{"name":"gone","type":"int"}]}""";
    final String wanted =
        """
        {"type":"record","name":"E","fields":[{"name":"id","type":"string"},
         {"name":"alpha","aliases":["a"],"type":"double"},
         {"name":"fresh","type":"double","default":9}]}""";
    registry.put(1, older);
    final byte[] record =
        wire(
            1,
            new GenericRecordBuilder(parse(older))
                .set("id", "x")
                .set("a", 5)
                .set("gone", 6)
                .build());
    assertArrayEquals(new String[] {"a", "gone"}, event(decoder(), record).names());
    final Event read = event(decoder("reader-schema", wanted), record);
    assertArrayEquals(new String[] {"alpha", "fresh"}, read.names());
    assertArrayEquals(new double[] {5, 9}, read.numbers());
    final String other = wanted.replace("\"default\":9", "\"doc\":\"\"");
    assertTrue(
        Records.reason(decoder("reader-schema", other), record)
            .startsWith("the record does not fit its schema, 1: Found E, expecting E, missing"),
        Records.reason(decoder("reader-schema", other), record));
    assertThrows(IllegalArgumentException.class, () -> decoder("reader-schema", "{"));
  }

  @Test
  void schemasOfOneTopicMayDiffer() {
    final RecordDecoder decoder = decoder();
    for (int i = 1; i <= 3; i++) {
      final String schema =
          "{\"type\":\"record\",\"name\":\"E\",\"fields\":[{\"name\":\"id\",\"type\":\"int\"},"
              + "{\"name\":\"f"
              + i
              + "\",\"type\":\"int\"}]}";
      registry.put(i, schema);
      final GenericRecord record =
          new GenericRecordBuilder(parse(schema)).set("id", 1).set("f" + i, i).build();
      assertArrayEquals(new String[] {"f" + i}, event(decoder, wire(i, record)).names());
      assertArrayEquals(new String[] {"f" + i}, event(decoder, wire(i, record)).names());
    }
    assertEquals(3, registry.asked.get(), "each schema once");
  }

  @Test
  void debeziumWritesAvroToo() {
    final String schema =
        """
        {"type":"record","name":"Envelope","fields":[
         {"name":"before","type":["null",{"type":"record","name":"Value","fields":[
           {"name":"id","type":"int"},{"name":"a","type":["null","double"]},
           {"name":"label","type":["null","string"]}]}]},
         {"name":"after","type":["null","Value"]},
         {"name":"source","type":{"type":"record","name":"Source","fields":[
           {"name":"ts_ms","type":"long"}]}},
         {"name":"op","type":"string"}]}""";
    registry.put(1, schema);
    final Schema parsed = parse(schema);
    final Schema value = parsed.getField("before").schema().getTypes().get(1);
    final GenericData.Record source = new GenericData.Record(parsed.getField("source").schema());
    source.put("ts_ms", 1_700_000_000_000L);
    final GenericRecord open =
        new GenericRecordBuilder(value).set("id", 5).set("a", 1.5).set("label", null).build();
    final GenericRecord done =
        new GenericRecordBuilder(value).set("id", 5).set("a", 1.5).set("label", "x").build();
    final GenericRecordBuilder envelope = new GenericRecordBuilder(parsed).set("source", source);
    final RecordDecoder decoder = decoder("envelope", "debezium");
    final Event event =
        event(
            decoder,
            wire(1, envelope.set("before", null).set("after", open).set("op", "c").build()));
    assertEquals("5", event.id());
    assertEquals(1_700_000_000_000L, event.timestamp());
    assertArrayEquals(new String[] {"a"}, event.names());
    final byte[] update =
        wire(1, envelope.set("before", open).set("after", done).set("op", "u").build());
    final LabelRecord label =
        assertInstanceOf(
            LabelRecord.class, decoder.decode(Records.origin(update), Records.KAFKA_TIME));
    assertEquals("x", label.label());
    assertEquals(
        "the row was deleted (op 'd'); what was learned of it stays",
        Records.reason(
            decoder,
            wire(1, envelope.set("before", done).set("after", null).set("op", "d").build())));
    assertTrue(RecordFormats.bringLateLabels("avro", Map.of("envelope", "debezium")));
  }

  @Test
  void whatIsNotInTheWireFormatIsRefusedByName() {
    registry.put(42, ORDER);
    final byte[] good = wire(42, order(parse(ORDER)).build());
    assertEquals(
        "the record is not in the wire format of a schema registry: it begins with byte 0x7b instead"
            + " of 0x00",
        Records.reason(decoder(), "{\"id\":1}"));
    assertEquals(
        "the record ends within the number of its schema",
        Records.reason(decoder(), new byte[] {0, 0, 1}));
    assertEquals(
        "the record ends too early for its schema, 42",
        Records.reason(decoder(), Arrays.copyOf(good, good.length - 4)));
    assertEquals(
        "2 bytes follow the end of the record of schema 42",
        Records.reason(decoder(), Arrays.copyOf(good, good.length + 2)));
    registry.put(43, "\"string\"");
    assertEquals(
        "schema 43 is no record", Records.reason(decoder(), new byte[] {0, 0, 0, 0, 43, 2, 'a'}));
    registry.put(44, "{\"type\":\"record\"}");
    assertTrue(
        Records.reason(decoder(), new byte[] {0, 0, 0, 0, 44, 0})
            .startsWith("schema 44 is no Avro schema"));
  }

  @Test
  void recordsMadeToBreakTheReaderAreRefused() {
    registry.put(
        1,
        "{\"type\":\"record\",\"name\":\"L\",\"fields\":[{\"name\":\"next\",\"type\":[\"null\",\"L\"]}]}");
    final byte[] deep = new byte[100_000];
    Arrays.fill(deep, 5, deep.length, (byte) 2);
    deep[0] = 0;
    deep[4] = 1;
    assertEquals(
        "the record does not fit its schema, 1: it is nested more than 64 deep",
        Records.reason(decoder(), deep));
    registry.put(
        2,
        "{\"type\":\"record\",\"name\":\"N\",\"fields\":[{\"name\":\"a\",\"type\":{\"type\":\"array\","
            + "\"items\":\"null\"}}]}");
    // Says that it has 2^40 elements, none of which takes a byte.
    final byte[] many = {0, 0, 0, 0, 2, -128, -128, -128, -128, -128, 64, 0};
    assertTrue(Records.reason(decoder(), many).startsWith("the record does not fit its schema, 2"));
    registry.put(
        3,
        "{\"type\":\"record\",\"name\":\"S\",\"fields\":[{\"name\":\"s\",\"type\":\"string\"}]}");
    final byte[] longText = {0, 0, 0, 0, 3, -2, -1, -1, -1, 15, 'a'};
    assertTrue(
        Records.reason(decoder(), longText).contains("its schema, 3"),
        Records.reason(decoder(), longText));
  }
}
