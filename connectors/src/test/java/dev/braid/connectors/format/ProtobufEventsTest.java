package dev.braid.connectors.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.TextFormat;
import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.data.Feature.Kind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Protobuf in the wire format of a schema registry, of schemas as people have them. */
class ProtobufEventsTest {
  /** What a compiler makes of a {@code .proto}, in Protobuf's own text format. */
  private static final FileDescriptorProto ORDER =
      file(
          """
          name: "order.proto" syntax: "proto3" package: "shop"
          dependency: "google/protobuf/timestamp.proto"
          dependency: "google/protobuf/duration.proto"
          dependency: "google/protobuf/wrappers.proto"
          dependency: "google/protobuf/struct.proto"
          dependency: "confluent/type/decimal.proto"
          enum_type { name: "State"
            value { name: "STATE_UNSPECIFIED" number: 0 } value { name: "OPEN" number: 1 } }
          message_type { name: "Address"
            field { name: "city" number: 1 type: TYPE_STRING }
            field { name: "lat" number: 2 type: TYPE_DOUBLE } }
          message_type { name: "Order"
            field { name: "id" number: 1 type: TYPE_UINT64 }
            field { name: "key" number: 2 type: TYPE_STRING }
            field { name: "ts" number: 3 type: TYPE_MESSAGE type_name: ".google.protobuf.Timestamp" }
            field { name: "amount" number: 4 type: TYPE_MESSAGE type_name: ".confluent.type.Decimal" }
            field { name: "weight" number: 5 type: TYPE_FLOAT oneof_index: 1 proto3_optional: true }
            field { name: "count" number: 6 type: TYPE_SINT32 }
            field { name: "paid" number: 7 type: TYPE_BOOL }
            field { name: "state" number: 8 type: TYPE_ENUM type_name: ".shop.State" }
            field { name: "address" number: 9 type: TYPE_MESSAGE type_name: ".shop.Address" }
            field { name: "emb" number: 10 type: TYPE_FLOAT label: LABEL_REPEATED }
            field { name: "extra" number: 11 type: TYPE_MESSAGE type_name: ".shop.Order.ExtraEntry"
              label: LABEL_REPEATED }
            field { name: "card" number: 12 type: TYPE_STRING oneof_index: 0 }
            field { name: "cash" number: 13 type: TYPE_DOUBLE oneof_index: 0 }
            field { name: "rate" number: 14 type: TYPE_MESSAGE type_name: ".google.protobuf.DoubleValue" }
            field { name: "took" number: 15 type: TYPE_MESSAGE type_name: ".google.protobuf.Duration" }
            field { name: "more" number: 16 type: TYPE_MESSAGE type_name: ".google.protobuf.Struct" }
            field { name: "label" number: 17 type: TYPE_STRING }
            nested_type { name: "ExtraEntry" options { map_entry: true }
              field { name: "key" number: 1 type: TYPE_STRING }
              field { name: "value" number: 2 type: TYPE_DOUBLE } }
            oneof_decl { name: "payment" } oneof_decl { name: "_weight" } }
          """);

  private final StubRegistry registry = new StubRegistry();

  @AfterEach
  void close() {
    registry.close();
  }

  private static FileDescriptorProto file(final String text) {
    try {
      return TextFormat.parse(text, FileDescriptorProto.class);
    } catch (final TextFormat.ParseException e) {
      throw new AssertionError(e);
    }
  }

  private RecordDecoder decoder(final String... options) {
    return decoder(DecoderOptions.DEFAULT, options);
  }

  private RecordDecoder decoder(final DecoderOptions decoding, final String... options) {
    final Map<String, String> all = new HashMap<>(registry.options());
    for (int i = 0; i < options.length; i += 2) {
      all.put(options[i], options[i + 1]);
    }
    return RecordFormats.events("protobuf", decoding, all);
  }

  /** A file, linked with Google's own and with others. */
  private static FileDescriptor linked(
      final FileDescriptorProto file, final FileDescriptor... others) {
    final List<FileDescriptor> imports = new ArrayList<>(ProtobufTypes.FILES.values());
    imports.addAll(List.of(others));
    try {
      return FileDescriptor.buildFrom(file, imports.toArray(FileDescriptor[]::new), true);
    } catch (final DescriptorValidationException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * A record of a message.
   *
   * @param place which message of the schema, as in the wire format
   */
  private static byte[] wire(
      final int number, final String place, final Descriptor type, final String text) {
    final DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
    try {
      TextFormat.merge(text, message);
    } catch (final TextFormat.ParseException e) {
      throw new AssertionError(e);
    }
    final byte[] at = HexFormat.of().parseHex(place);
    final byte[] body = message.build().toByteArray();
    return ByteBuffer.allocate(5 + at.length + body.length)
        .put((byte) 0)
        .putInt(number)
        .put(at)
        .put(body)
        .array();
  }

  private static Descriptor order() {
    return linked(ORDER).findMessageTypeByName("Order");
  }

  private static Event event(final RecordDecoder decoder, final byte[] record) {
    return assertInstanceOf(
        Event.class, decoder.decode(Records.origin(record), Records.KAFKA_TIME));
  }

  @Test
  void aFlatMessageOfEveryTypeIsRead() {
    registry.put(42, ORDER, Map.of());
    final Event event =
        event(
            decoder(),
            wire(
                42,
                "0202",
                order(),
                """
                id: 18446744073709551615 key: "shop" ts { seconds: 1700000000 nanos: 123456789 }
                amount { value: "\\004\\322" scale: 2 } weight: 0.5 count: -3 paid: true state: OPEN
                address { city: "Oslo" lat: 59.9 } emb: 1 emb: 2
                extra { key: "a" value: 1.5 } extra { key: "b" value: 2 } extra { key: "a" value: 3 }
                cash: 7 rate { value: 0 } took { seconds: 1 nanos: 500000000 }
                more { fields { key: "n" value { number_value: 4 } }
                       fields { key: "l" value { list_value { values { string_value: "x" }
                                                              values { null_value: NULL_VALUE } } } } }
                label: "ok"
                """));
    assertEquals("18446744073709551615", event.id());
    assertEquals("shop", event.key());
    assertEquals(1_700_000_000_123L, event.timestamp());
    assertEquals("ok", event.label());
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
          "extra.b",
          "card",
          "cash",
          "rate",
          "took",
          "more.n",
          "more.l[0]",
          "more.l[1]"
        },
        event.names());
    final double none = Double.NaN;
    assertArrayEquals(
        new double[] {
          12.34, 0.5, -3, none, none, none, 59.9, 1, 2, 3, 2, none, 7, 0, 1.5, 4, none, none
        },
        event.numbers());
    final String[] texts = new String[18];
    texts[3] = "true";
    texts[4] = "OPEN";
    texts[5] = "Oslo";
    texts[16] = "x";
    assertArrayEquals(texts, event.texts());
  }

  @Test
  void whatIsNotThereIsMissingAndANumberThatCannotSaySoIsZero() {
    registry.put(42, ORDER, Map.of());
    final Event event =
        event(decoder(), wire(42, "0202", order(), "id: 1 state: STATE_UNSPECIFIED"));
    assertEquals("", event.key());
    assertEquals(Records.KAFKA_TIME, event.timestamp());
    assertNull(event.label());
    assertArrayEquals(
        new String[] {"amount", "weight", "count", "paid", "state", "card", "cash", "rate", "took"},
        event.names());
    final double none = Double.NaN;
    assertArrayEquals(
        new double[] {none, none, 0, none, none, none, none, none, none}, event.numbers());
    assertEquals("false", event.texts()[3]);
    assertNull(event.texts()[4]);
  }

  /** The zero byte alone says the first message; others are named by their places, in zigzag. */
  @Test
  void theRecordSaysWhichMessageOfItsSchemaItIs() {
    final FileDescriptorProto file =
        file(
            """
            name: "f.proto" syntax: "proto3"
            message_type { name: "A" field { name: "id" number: 1 type: TYPE_INT32 }
              field { name: "first" number: 2 type: TYPE_INT32 } }
            message_type { name: "B"
              nested_type { name: "C" }
              nested_type { name: "D" field { name: "id" number: 1 type: TYPE_INT32 }
                field { name: "inner" number: 2 type: TYPE_INT32 } } }
            """);
    registry.put(1, file, Map.of());
    final RecordDecoder decoder = decoder();
    final byte[] body = {8, 5, 16, 9};
    for (final String first : List.of("00", "0200")) {
      assertArrayEquals(new String[] {"first"}, event(decoder, record(first, body)).names());
    }
    final Event inner = event(decoder, record("040202", body));
    assertArrayEquals(new String[] {"inner"}, inner.names());
    assertArrayEquals(new double[] {9}, inner.numbers());
    assertEquals(
        "the record is message 2 of schema 1, which has 2",
        Records.reason(decoder, record("0204", body)));
    assertEquals(
        "the record is message 2 of schema 1, which has 2 in B",
        Records.reason(decoder, record("040204", body)));
    assertEquals(
        "the record says that its message lies -1 deep in its schema",
        Records.reason(decoder, record("01", body)));
    assertEquals(
        "the record ends before it says which message it is",
        Records.reason(decoder, record("04", new byte[0])));
  }

  private static byte[] record(final String place, final byte[] body) {
    final byte[] at = HexFormat.of().parseHex(place);
    return ByteBuffer.allocate(5 + at.length + body.length)
        .put((byte) 0)
        .putInt(1)
        .put(at)
        .put(body)
        .array();
  }

  @Test
  void aSchemaMayImportOthersOfTheRegistryAndSuchAsAreNotThere() {
    final FileDescriptorProto base =
        file(
            """
            name: "default" syntax: "proto3" package: "base"
            message_type { name: "Place" field { name: "lat" number: 1 type: TYPE_DOUBLE } }
            """);
    final FileDescriptorProto middle =
        file(
            """
            name: "default" syntax: "proto3" package: "mid" dependency: "base.proto"
            public_dependency: 0
            message_type { name: "Shop"
              field { name: "place" number: 1 type: TYPE_MESSAGE type_name: ".base.Place" } }
            """);
    final FileDescriptorProto top =
        file(
            """
            name: "default" syntax: "proto3" dependency: "mid.proto" dependency: "confluent/meta.proto"
            dependency: "google/type/date.proto"
            message_type { name: "E" field { name: "id" number: 1 type: TYPE_STRING }
              field { name: "shop" number: 2 type: TYPE_MESSAGE type_name: ".mid.Shop" }
              field { name: "home" number: 3 type: TYPE_MESSAGE type_name: ".base.Place" }
              field { name: "day" number: 4 type: TYPE_MESSAGE type_name: ".google.type.Date" } }
            """);
    registry.put(1, base, Map.of());
    registry.put(2, middle, Map.of("base.proto", 1));
    registry.put(3, top, Map.of("mid.proto", 2));
    final FileDescriptor first = linked(base.toBuilder().setName("base.proto").build());
    final FileDescriptor second = linked(middle.toBuilder().setName("mid.proto").build(), first);
    final Descriptor type = linked(top, second).findMessageTypeByName("E");
    final String text = "id: \"x\" shop { place { lat: 1 } } home { lat: 2 }";
    final RecordDecoder decoder = decoder();
    final Event event = event(decoder, wire(3, "00", type, text));
    assertArrayEquals(new String[] {"shop.place.lat", "home.lat"}, event.names());
    assertArrayEquals(new double[] {1, 2}, event.numbers());
    final int asked = registry.asked.get();
    event(decoder, wire(3, "00", type, text));
    assertEquals(asked, registry.asked.get(), "each schema once");
    assertEquals(
        "feature 'day' is of type google.type.Date, which its schema imports and the registry has not:"
            + " leave it out by the option 'ignore'",
        Records.reason(decoder, wire(3, "00", type, text + " day { }")));
    registry.put(4, top, Map.of("mid.proto", 99));
    registry.forget("s 99");
    assertEquals(
        "the record's schema imports version 1 of subject 's 99', which is not in the registry",
        Records.reason(decoder, wire(4, "00", type, text)));
  }

  @Test
  void theFeaturesMayBeAMessageOfTheirOwnAndFieldsMayLieDeeper() {
    final FileDescriptorProto file =
        file(
            """
            name: "f.proto" syntax: "proto3"
            message_type { name: "Meta" field { name: "id" number: 1 type: TYPE_STRING } }
            message_type { name: "F" field { name: "a" number: 1 type: TYPE_DOUBLE } }
            message_type { name: "E"
              field { name: "meta" number: 1 type: TYPE_MESSAGE type_name: ".Meta" }
              field { name: "features" number: 2 type: TYPE_MESSAGE type_name: ".F" }
              field { name: "other" number: 3 type: TYPE_BYTES } }
            """);
    registry.put(1, file, Map.of());
    final DecoderOptions deeper =
        DecoderOptions.DEFAULT.withFields(
            new FieldNames("meta.id", "key", "ts", "features", "label"));
    final Event event =
        event(
            decoder(deeper),
            wire(
                1,
                "0204",
                linked(file).findMessageTypeByName("E"),
                "meta { id: \"x\" } features { a: 2.5 } other: \"raw\""));
    assertEquals("x", event.id());
    assertArrayEquals(new String[] {"a"}, event.names());
  }

  @Test
  void bytesAreNoFeatureAndCanBeLeftOut() {
    final FileDescriptorProto file =
        file(
            """
            name: "f.proto" syntax: "proto3"
            message_type { name: "E" field { name: "id" number: 1 type: TYPE_STRING }
              field { name: "raw" number: 2 type: TYPE_BYTES }
              field { name: "a" number: 3 type: TYPE_FIXED32 } }
            """);
    registry.put(1, file, Map.of());
    final byte[] record =
        wire(
            1,
            "00",
            linked(file).findMessageTypeByName("E"),
            "id: \"x\" raw: \"raw\" a: 4294967295");
    assertEquals(
        "feature 'raw' is of type bytes, which is no value to learn from: leave it out by the option"
            + " 'ignore'",
        Records.reason(decoder(), record));
    final Event event = event(decoder("ignore", "raw"), record);
    assertArrayEquals(new String[] {"a"}, event.names());
    assertArrayEquals(new double[] {4_294_967_295.0}, event.numbers());
    final RecordDecoder nominal =
        decoder(DecoderOptions.DEFAULT.withDeclared(Map.of("a", Kind.NOMINAL)), "ignore", "raw");
    assertEquals("4294967295", event(nominal, record).texts()[0]);
  }

  @Test
  void debeziumWritesProtobufToo() {
    final FileDescriptorProto file =
        file(
            """
            name: "f.proto" syntax: "proto3" dependency: "google/protobuf/wrappers.proto"
            message_type { name: "Envelope"
              field { name: "before" number: 1 type: TYPE_MESSAGE type_name: ".Envelope.Value" }
              field { name: "after" number: 2 type: TYPE_MESSAGE type_name: ".Envelope.Value" }
              field { name: "op" number: 3 type: TYPE_STRING }
              field { name: "ts_ms" number: 4 type: TYPE_INT64 }
              nested_type { name: "Value" field { name: "id" number: 1 type: TYPE_INT32 }
                field { name: "a" number: 2 type: TYPE_DOUBLE }
                field { name: "label" number: 3 type: TYPE_MESSAGE
                  type_name: ".google.protobuf.StringValue" } } }
            """);
    registry.put(1, file, Map.of());
    final Descriptor type = linked(file).findMessageTypeByName("Envelope");
    final RecordDecoder decoder = decoder("envelope", "debezium");
    final Event event =
        event(
            decoder, wire(1, "00", type, "after { id: 5 a: 1.5 } op: \"c\" ts_ms: 1700000000000"));
    assertEquals("5", event.id());
    assertEquals(1_700_000_000_000L, event.timestamp());
    assertArrayEquals(new String[] {"a"}, event.names());
    final byte[] update =
        wire(
            1,
            "00",
            type,
            "before { id: 5 a: 1.5 } after { id: 5 a: 1.5 label { value: \"x\" } } op: \"u\"");
    final LabelRecord label =
        assertInstanceOf(
            LabelRecord.class, decoder.decode(Records.origin(update), Records.KAFKA_TIME));
    assertEquals("x", label.label());
    assertTrue(RecordFormats.bringLateLabels("protobuf", Map.of("envelope", "debezium")));
  }

  @Test
  void whatIsNotInTheWireFormatIsRefusedByName() {
    registry.put(42, ORDER, Map.of());
    final byte[] good = wire(42, "0202", order(), "id: 7 key: \"shop\" count: 1");
    assertTrue(
        Records.reason(decoder(), Arrays.copyOf(good, good.length - 1))
            .startsWith("the record does not fit its schema, 42: While parsing a protocol message"),
        Records.reason(decoder(), Arrays.copyOf(good, good.length - 1)));
    assertEquals(
        "schema 41 of the record is not in the registry " + registry.url(),
        Records.reason(decoder(), new byte[] {0, 0, 0, 0, 41, 0}));
    registry.put(43, "\"string\"");
    assertEquals(
        "schema 43 is of type 'AVRO', not PROTOBUF",
        Records.reason(decoder(), new byte[] {0, 0, 0, 0, 43, 0}));
    registry.put(44, file("name: \"f\" message_type { name: \"a b\" }"), Map.of());
    assertTrue(
        Records.reason(decoder(), new byte[] {0, 0, 0, 0, 44, 0})
            .startsWith("schema 44 is no Protobuf schema"));
    registry.descriptors = false;
    assertEquals(
        "The schema registry gives schema 42 as the text of a .proto; the format protobuf needs one"
            + " that answers '?format=serialized' with a descriptor.",
        assertThrows(UnavailableException.class, () -> Records.reason(decoder(), good))
            .getMessage());
  }

  @Test
  void recordsMadeToBreakTheReaderAreRefused() {
    final FileDescriptorProto file =
        file(
            """
            name: "f.proto" syntax: "proto3"
            message_type { name: "L" field { name: "next" number: 1 type: TYPE_MESSAGE type_name: ".L" }
              field { name: "at" number: 2 type: TYPE_STRING } }
            """);
    registry.put(1, file, Map.of());
    // Begins groups in groups, which no field of the schema is.
    final byte[] deep = new byte[100_000];
    Arrays.fill(deep, (byte) 0x1b);
    assertTrue(
        Records.reason(decoder(), record("00", deep)).contains("too many levels of nesting"),
        Records.reason(decoder(), record("00", deep)));
    // A group ends that never began.
    assertTrue(
        Records.reason(decoder(), record("00", new byte[] {0x1c})).contains("its schema, 1"));
    // A text of 2 GB.
    final byte[] longText = {18, -1, -1, -1, -1, 7, 'a'};
    assertTrue(Records.reason(decoder(), record("00", longText)).contains("its schema, 1"));
    final byte[] notUtf8 = {18, 1, -1};
    assertTrue(
        Records.reason(decoder(), record("00", notUtf8)).contains("UTF-8"),
        Records.reason(decoder(), record("00", notUtf8)));
  }
}
