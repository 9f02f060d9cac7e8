package dev.braid.connectors.format;

import static dev.braid.connectors.format.Records.event;
import static dev.braid.connectors.format.Records.label;
import static dev.braid.connectors.format.Records.reason;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.braid.connectors.Event;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Records as people have them: no object of features, everything beside everything. */
class JsonFlatEventsTest {
  private final RecordDecoder decoder = Records.jsonEvents(DecoderOptions.DEFAULT);

  @Test
  void allThatIsNoOtherFieldIsAFeature() {
    final Event event =
        event(
            decoder,
            """
            {"id":"e1","temperature":21.5,"key":"m","mode":"auto","ts":"2023-11-14T22:13:20Z",
             "open":true,"wind":null,"label":"ok"}""");
    assertEquals("e1", event.id());
    assertEquals("m", event.key());
    assertEquals(1_700_000_000_000L, event.timestamp());
    assertEquals("ok", event.label());
    assertArrayEquals(new String[] {"temperature", "mode", "open", "wind"}, event.names());
    assertArrayEquals(new String[] {null, "auto", "true", null}, event.texts());
    assertEquals(21.5, event.numbers()[0]);
  }

  @Test
  void whatIsNestedHasItsPathAsName() {
    final Event event =
        event(decoder, "{\"id\":1,\"geo\":{\"lat\":52.5,\"at\":{\"id\":\"x\"}},\"emb\":[1,2]}");
    assertArrayEquals(new String[] {"geo.lat", "geo.at.id", "emb[0]", "emb[1]"}, event.names());
  }

  @Test
  void anObjectOfFeaturesCountsAloneWhereverItStands() {
    final String nested = "{\"x\":1e999,\"y\":{\"z\":1},\"id\":1,\"features\":{\"a\":1},\"w\":2}";
    final String flat = "{\"id\":2,\"y\":{\"z\":1}}";
    for (int i = 0; i < 3; i++) { // What one record is says nothing of the next.
      assertArrayEquals(new String[] {"a"}, event(decoder, nested).names());
      assertArrayEquals(new String[] {"y.z"}, event(decoder, flat).names());
    }
  }

  @Test
  void reasonsDoNotDependOnTheRecordBefore() {
    final List<String> bad =
        List.of(
            "{\"x\":1e999,\"id\":true,\"features\":{\"a\":1}}",
            "{\"x\":1e999,\"id\":true}",
            "{\"id\":true,\"x\":1e999}",
            "{\"x\":1,\"id\":true,\"features\":null}",
            "{\"x\":1e999,\"id\":",
            "{\"id\":1,\"features\":{\"a\":1e999}");
    for (final String record : bad) {
      final RecordDecoder fresh = Records.jsonEvents(DecoderOptions.DEFAULT);
      final String first = reason(fresh, record);
      event(fresh, "{\"id\":1,\"a\":1}");
      assertEquals(first, reason(fresh, record), record);
      event(fresh, "{\"id\":1,\"features\":{\"a\":1}}");
      assertEquals(first, reason(fresh, record), record);
    }
  }

  @Test
  void aBadTimeIsCountedOnceHoweverOftenTheRecordIsRead() {
    event(decoder, "{\"id\":1,\"ts\":\"soon\",\"a\":1}");
    event(decoder, "{\"id\":1,\"ts\":\"soon\",\"features\":{\"a\":1}}");
    assertEquals(2, decoder.badTimestamps());
  }

  @Test
  void fieldsMayLieNested() {
    final FieldNames names = new FieldNames("meta.id", "meta.of.device", "meta.at", "f", "out.y");
    final Event event =
        event(
            Records.jsonEvents(DecoderOptions.DEFAULT.withFields(names)),
            "{\"meta\":{\"id\":7,\"of\":{\"device\":\"d\"},\"at\":5,\"v\":2},\"out\":{\"y\":1},\"x\":3}");
    assertEquals("7", event.id());
    assertEquals("d", event.key());
    assertEquals(5, event.timestamp());
    assertEquals("1", event.label());
    assertArrayEquals(new String[] {"meta.v", "x"}, event.names());
  }

  @Test
  void theFeaturesMayLieNested() {
    final FieldNames names = new FieldNames("id", "key", "ts", "payload.row", "label");
    final Event event =
        event(
            Records.jsonEvents(DecoderOptions.DEFAULT.withFields(names)),
            "{\"payload\":{\"row\":{\"a\":1},\"b\":2},\"id\":1,\"c\":3}");
    assertArrayEquals(new String[] {"a"}, event.names());
  }

  @Test
  void whatIsNoFeatureCanBeLeftOut() {
    final RecordDecoder ignoring =
        RecordFormats.events(
            "json", DecoderOptions.DEFAULT, Map.of("ignore", "name, geo.raw, tags[1]"));
    final Event event =
        event(
            ignoring,
            "{\"id\":1,\"name\":{\"first\":[\"x\"]},\"geo\":{\"raw\":[1],\"lat\":2},\"tags\":[3,4,5]}");
    assertArrayEquals(new String[] {"geo.lat", "tags[0]", "tags[2]"}, event.names());
  }

  @Test
  void theSameNameByTwoWaysIsRefused() {
    assertEquals(
        "feature 'a.b' is there twice", reason(decoder, "{\"id\":1,\"a\":{\"b\":1},\"a.b\":2}"));
  }

  @Test
  void arraysLongerThanTheLimitAreRefused() {
    final RecordDecoder few =
        Records.jsonEvents(DecoderOptions.DEFAULT.withLimits(1 << 20, 3, 256));
    assertEquals(
        "the event has more than 3 features, the most allowed",
        reason(few, "{\"id\":1,\"emb\":[1,2,3,4]}"));
  }

  @Test
  void aLabelMayHaveWhateverElse() {
    final RecordDecoder labels = Records.jsonLabels(DecoderOptions.DEFAULT);
    assertEquals("UP", label(labels, "{\"x\":{\"y\":1e999},\"id\":1,\"label\":\"UP\"}").label());
  }

  @Test
  void aRecordWithoutFeaturesIsRefused() {
    assertEquals("the event has no features", reason(decoder, "{\"id\":1,\"label\":\"UP\"}"));
    assertNull(event(decoder, "{\"id\":1,\"a\":null}").texts()[0]);
  }
}
