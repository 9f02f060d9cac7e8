package dev.braid.connectors.format;

import static dev.braid.connectors.format.Records.event;
import static dev.braid.connectors.format.Records.reason;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.braid.connectors.Event;
import dev.braid.data.Feature.Kind;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonEventsTest {
  private final RecordDecoder decoder = Records.jsonEvents(DecoderOptions.DEFAULT);

  @Test
  void completeEventIsRead() {
    final Event event =
        event(
            decoder,
            """
            {"id":"e1","key":"m","ts":12,"features":{"a":1.5,"b":"red","c":null},"label":"UP"}""");
    assertEquals("e1", event.id());
    assertEquals("m", event.key());
    assertEquals(12, event.timestamp());
    assertArrayEquals(new String[] {"a", "b", "c"}, event.names());
    assertArrayEquals(new double[] {1.5, Double.NaN, Double.NaN}, event.numbers());
    assertArrayEquals(new String[] {null, "red", null}, event.texts());
    assertEquals("UP", event.label());
    assertEquals(42, event.origin().offset());
  }

  @Test
  void absentFieldsHaveFallbacks() {
    final Event event = event(decoder, "{\"id\":7,\"features\":{\"a\":1}}");
    assertEquals("7", event.id());
    assertEquals("", event.key());
    assertEquals(Records.KAFKA_TIME, event.timestamp());
    assertNull(event.label());
  }

  @Test
  void nullFieldsCountAsAbsent() {
    final Event event =
        event(decoder, "{\"id\":7,\"key\":null,\"ts\":null,\"label\":null,\"features\":{\"a\":1}}");
    assertEquals("", event.key());
    assertEquals(Records.KAFKA_TIME, event.timestamp());
    assertNull(event.label());
  }

  @Test
  void recordWithoutAnyTimestampIsOfTheEpoch() {
    final var origin = Records.origin(Records.utf8("{\"id\":7,\"features\":{\"a\":1}}"));
    assertEquals(0, ((Event) decoder.decode(origin, -1)).timestamp());
  }

  @Test
  void numbersAndFlagsAreLabelsAsWritten() {
    assertEquals("1", event(decoder, "{\"id\":1,\"label\":1,\"features\":{\"a\":1}}").label());
    assertEquals("1.0", event(decoder, "{\"id\":1,\"label\":1.0,\"features\":{\"a\":1}}").label());
    assertEquals(
        "true", event(decoder, "{\"id\":1,\"label\":true,\"features\":{\"a\":1}}").label());
  }

  @Test
  void flagsAreNominalValues() {
    assertArrayEquals(
        new String[] {"true", "false"},
        event(decoder, "{\"id\":1,\"features\":{\"a\":true,\"b\":false}}").texts());
  }

  @Test
  void unknownFieldsAreSkipped() {
    final Event event =
        event(decoder, "{\"x\":{\"id\":[1,2]},\"id\":1,\"y\":[[]],\"features\":{\"a\":1}}");
    assertEquals("1", event.id());
  }

  @Test
  void fieldsCanHaveOtherNames() {
    final FieldNames names = new FieldNames("_id", "device", "time", "x", "y");
    final Event event =
        event(
            Records.jsonEvents(DecoderOptions.DEFAULT.withFields(names)),
            "{\"_id\":1,\"device\":\"d\",\"time\":5,\"x\":{\"id\":2},\"y\":\"A\",\"id\":9}");
    assertEquals("1", event.id());
    assertEquals("d", event.key());
    assertEquals(5, event.timestamp());
    assertEquals("A", event.label());
    assertArrayEquals(new String[] {"id"}, event.names());
  }

  @Test
  void byteOrderMarkIsSkipped() {
    assertEquals("1", event(decoder, "\uFEFF{\"id\":1,\"features\":{\"a\":1}}").id());
  }

  @Test
  void eventsOfOneShapeShareTheirNames() {
    final Event first = event(decoder, "{\"id\":1,\"features\":{\"a\":1,\"b\":2}}");
    final Event second = event(decoder, "{\"id\":2,\"features\":{\"a\":3,\"b\":4}}");
    assertSame(first.names(), second.names());
    assertArrayEquals(new double[] {1, 2}, first.numbers());
  }

  @Test
  void idCanBeDerivedFromThePlace() {
    final RecordDecoder deriving = Records.jsonEvents(DecoderOptions.DEFAULT.withDeriveId(true));
    assertEquals("events-3-42", event(deriving, "{\"features\":{\"a\":1}}").id());
    assertEquals("x", event(deriving, "{\"id\":\"x\",\"features\":{\"a\":1}}").id());
  }

  @Test
  void declaredNumericTakesTextThatIsANumber() {
    final RecordDecoder declared = declared(Map.of("a", Kind.NUMERIC));
    assertArrayEquals(
        new double[] {-12.5},
        event(declared, "{\"id\":1,\"features\":{\"a\":\"-1.25e1\"}}").numbers());
  }

  @Test
  void declaredNumericRefusesOtherText() {
    final RecordDecoder declared = declared(Map.of("a", Kind.NUMERIC));
    assertEquals(
        "feature 'a' is 'warm' but is declared as numeric",
        reason(declared, "{\"id\":1,\"features\":{\"a\":\"warm\"}}"));
    assertEquals(
        "feature 'a' is '0x1p3' but is declared as numeric",
        reason(declared, "{\"id\":1,\"features\":{\"a\":\"0x1p3\"}}"));
    assertEquals(
        "feature 'a' is '1e999', only finite numbers are allowed",
        reason(declared, "{\"id\":1,\"features\":{\"a\":\"1e999\"}}"));
  }

  @Test
  void declaredNominalTakesNumbersAsWritten() {
    final RecordDecoder declared = declared(Map.of("a", Kind.NOMINAL));
    final Event event = event(declared, "{\"id\":1,\"features\":{\"a\":1.50,\"b\":2}}");
    assertArrayEquals(new String[] {"1.50", null}, event.texts());
    assertArrayEquals(new double[] {Double.NaN, 2}, event.numbers());
  }

  @Test
  void tombstoneIsRefused() {
    assertEquals("the record has no value (a tombstone)", reason(decoder, (byte[]) null));
  }

  @Test
  void emptyRecordIsRefused() {
    assertEquals("the record is empty", reason(decoder, ""));
    assertEquals("the record is empty", reason(decoder, " \n"));
    assertEquals("field 'id' is missing", reason(decoder, "{}"));
  }

  @Test
  void invalidUtf8IsRefused() {
    assertEquals(
        "the record is not valid UTF-8, first at byte 2",
        reason(decoder, new byte[] {'{', '"', (byte) 0xc3, '"', '}'}));
  }

  @Test
  void halfASurrogatePairIsRefused() {
    assertEquals(
        "field 'id' is 'a?', which holds half of a surrogate pair",
        reason(decoder, "{\"id\":\"a\\ud800\",\"features\":{\"a\":1}}"));
    assertEquals(
        "feature 'a' is '?b', which holds half of a surrogate pair",
        reason(decoder, "{\"id\":1,\"features\":{\"a\":\"\\udc00b\"}}"));
    assertEquals(
        "the name of a feature is '?', which holds half of a surrogate pair",
        reason(decoder, "{\"id\":1,\"features\":{\"\\ud800\":1}}"));
  }

  @Test
  void brokenJsonIsRefused() {
    assertEquals(
        "the record is not valid JSON: Unrecognized token 'oops': was expecting (JSON String,"
            + " Number (or 'NaN'/'+INF'/'-INF'), Array, Object or token 'null', 'true' or 'false')",
        reason(decoder, "{\"id\":oops}"));
    assertEquals(
        "the record is not valid JSON: it ends too early",
        reason(decoder, "{\"id\":1,\"features\":{\"a\":1}"));
  }

  @Test
  void textBehindTheObjectIsRefused() {
    final String good = "{\"id\":1,\"features\":{\"a\":1}}";
    assertEquals("text follows the end of the JSON object", reason(decoder, good + good));
    assertEquals("text follows the end of the JSON object", reason(decoder, good + " oops"));
  }

  @Test
  void otherJsonThanAnObjectIsRefused() {
    assertEquals("the record is an array instead of a JSON object", reason(decoder, "[1]"));
    assertEquals("the record is a number instead of a JSON object", reason(decoder, "12"));
    assertEquals("the record is null instead of a JSON object", reason(decoder, "null"));
  }

  @Test
  void nestingBombIsRefused() {
    final String bomb = "{\"x\":" + "[".repeat(100_000);
    assertEquals(
        "the record is not valid JSON: Document nesting depth (65) exceeds the maximum allowed"
            + " (64, from `StreamReadConstraints.getMaxNestingDepth()`)",
        reason(decoder, bomb));
  }

  @Test
  void nonFiniteNumbersAreRefused() {
    final String rest = ", only finite numbers are allowed";
    assertEquals("feature 'a' is 'NaN'" + rest, reason(decoder, feature("NaN")));
    assertEquals("feature 'a' is '-Infinity'" + rest, reason(decoder, feature("-Infinity")));
    final RecordDecoder numeric = declared(Map.of("a", Kind.NUMERIC));
    assertEquals("feature 'a' is 'NaN'" + rest, reason(numeric, feature("\"NaN\"")));
    assertEquals("feature 'a' is '-inf'" + rest, reason(numeric, feature("\"-inf\"")));
    assertEquals("feature 'a' is '1e999'" + rest, reason(decoder, feature("1e999")));
    assertEquals("feature 'a' is '-1E400'" + rest, reason(decoder, feature("-1E400")));
  }

  @Test
  void textThatSpellsNanIsTextWhereNothingSaysThatTheFeatureIsANumber() {
    assertEquals("Nan", event(decoder, feature("\"Nan\"")).texts()[0]);
  }

  @Test
  void nestedFeaturesHaveTheirPathsAsNames() {
    final Event event =
        event(
            decoder,
            """
            {"id":1,"features":{"a":{"b":1,"c":{"d":"x"}},"emb":[1.5,null,[2]],
             "items":[{"price":3}],"none":{},"empty":[]}}""");
    assertArrayEquals(
        new String[] {"a.b", "a.c.d", "emb[0]", "emb[1]", "emb[2][0]", "items[0].price"},
        event.names());
    assertArrayEquals(new double[] {1, Double.NaN, 1.5, Double.NaN, 2, 3}, event.numbers());
    assertEquals("x", event.texts()[1]);
  }

  @Test
  void duplicateFeatureIsRefused() {
    assertEquals(
        "feature 'a' is there twice",
        reason(decoder, "{\"id\":1,\"features\":{\"a\":1,\"b\":2,\"a\":3}}"));
  }

  @Test
  void duplicateFieldIsRefused() {
    assertEquals(
        "field 'id' is there twice", reason(decoder, "{\"id\":1,\"id\":2,\"features\":{\"a\":1}}"));
  }

  @Test
  void missingOrWrongIdIsRefused() {
    assertEquals("field 'id' is missing", reason(decoder, "{\"features\":{\"a\":1}}"));
    assertEquals("field 'id' is missing", reason(decoder, "{\"id\":null,\"features\":{\"a\":1}}"));
    assertEquals("field 'id' is empty", reason(decoder, "{\"id\":\"\",\"features\":{\"a\":1}}"));
    assertEquals(
        "field 'id' is 'true' instead of text or number",
        reason(decoder, "{\"id\":true,\"features\":{\"a\":1}}"));
    assertEquals(
        "field 'id' is a nested object instead of text or number",
        reason(decoder, "{\"id\":{},\"features\":{\"a\":1}}"));
  }

  @Test
  void wrongKeyOrLabelIsRefused() {
    assertEquals(
        "field 'key' is an array instead of text or number",
        reason(decoder, "{\"id\":1,\"key\":[],\"features\":{\"a\":1}}"));
    assertEquals(
        "field 'label' is an array instead of text, number or true/false",
        reason(decoder, "{\"id\":1,\"label\":[1],\"features\":{\"a\":1}}"));
    assertEquals(
        "field 'label' is 'NaN' instead of text, number or true/false",
        reason(decoder, "{\"id\":1,\"label\":NaN,\"features\":{\"a\":1}}"));
  }

  @Test
  void missingOrWrongFeaturesAreRefused() {
    assertEquals("the event has no features", reason(decoder, "{\"id\":1}"));
    assertEquals("the event has no features", reason(decoder, "{\"id\":1,\"features\":{}}"));
    assertEquals(
        "field 'features' is an array instead of an object of names and values",
        reason(decoder, "{\"id\":1,\"features\":[1,2]}"));
    assertEquals(
        "field 'features' is 'null' instead of an object of names and values",
        reason(decoder, "{\"id\":1,\"features\":null}"));
    assertEquals(
        "the name of a feature is empty", reason(decoder, "{\"id\":1,\"features\":{\"\":1}}"));
  }

  @Test
  void tooLongRecordIsRefused() {
    assertEquals(
        "the record has 10485760 bytes, 1048576 are allowed", reason(decoder, new byte[10 << 20]));
  }

  @Test
  void tooManyFeaturesAreRefused() {
    final StringBuilder text = new StringBuilder("{\"id\":1,\"features\":{");
    for (int i = 0; i <= 10_000; i++) {
      text.append(i == 0 ? "" : ",").append("\"f").append(i).append("\":1");
    }
    assertEquals(
        "the event has more than 10000 features, the most allowed",
        reason(decoder, text.append("}}").toString()));
  }

  @Test
  void namesMadeToCollideDoNoHarm() {
    final StringBuilder text = new StringBuilder("{\"id\":1,\"features\":{");
    for (int i = 0; i < 1 << 10; i++) {
      text.append(i == 0 ? "\"" : ",\"");
      for (int bit = 0; bit < 10; bit++) {
        // Both have the same hash where a table multiplies by 33, as that of Jackson does.
        text.append((i >> bit & 1) == 0 ? "Aa" : "B@");
      }
      text.append("\":1");
    }
    assertEquals(1 << 10, event(decoder, text.append("}}").toString()).names().length);
    assertEquals("1", event(decoder, feature("1")).id());
  }

  @Test
  void tooLongTextIsRefused() {
    final String longText = "x".repeat(257);
    assertEquals(
        "feature 'a' is '" + "x".repeat(60) + "...', a text of 257 characters, 256 are allowed",
        reason(decoder, feature("\"" + longText + "\"")));
  }

  @Test
  void tooLongNumberIsRefused() {
    assertEquals(
        "the record is not valid JSON: Number value length (1001) exceeds the maximum allowed"
            + " (1000, from `StreamReadConstraints.getMaxNumberLength()`)",
        reason(decoder, feature("1".repeat(1001))));
  }

  private static String feature(final String value) {
    return "{\"id\":1,\"features\":{\"a\":" + value + "}}";
  }

  private static RecordDecoder declared(final Map<String, Kind> kinds) {
    return Records.jsonEvents(DecoderOptions.DEFAULT.withDeclared(kinds));
  }
}
