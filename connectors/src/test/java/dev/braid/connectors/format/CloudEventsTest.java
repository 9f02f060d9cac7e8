package dev.braid.connectors.format;

import static dev.braid.connectors.format.Records.event;
import static dev.braid.connectors.format.Records.label;
import static dev.braid.connectors.format.Records.reason;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.braid.connectors.Event;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CloudEventsTest {
  private final RecordDecoder decoder = decoder(Map.of());

  private static RecordDecoder decoder(final Map<String, String> options) {
    return RecordFormats.events("cloudevents", DecoderOptions.DEFAULT, options);
  }

  private static String cloudEvent(final String rest) {
    return """
        {"specversion":"1.0","type":"com.example.reading","source":"/plant/7","subject":"boiler",
         "id":"A234","time":"2023-11-14T22:13:20Z","datacontenttype":"application/json",%s}"""
        .formatted(rest);
  }

  @Test
  void theDataAreTheRecordAndTheEnvelopeSaysIdAndTime() {
    final Event event =
        event(decoder, cloudEvent("\"data\":{\"pressure\":3.5,\"mode\":\"x\",\"label\":\"ok\"}"));
    assertEquals("A234", event.id());
    assertEquals("", event.key());
    assertEquals(1_700_000_000_000L, event.timestamp());
    assertEquals("ok", event.label());
    assertArrayEquals(new String[] {"pressure", "mode"}, event.names());
  }

  @Test
  void theDataMayHoldAnObjectOfFeatures() {
    assertArrayEquals(
        new String[] {"a"},
        event(decoder, cloudEvent("\"data\":{\"x\":1,\"features\":{\"a\":1}}")).names());
  }

  @Test
  void theIdIsTheEnvelopesUnlessTheDataAreAsked() {
    final String record = cloudEvent("\"data\":{\"id\":\"order-1\",\"a\":1}");
    assertEquals("A234", event(decoder, record).id());
    final RecordDecoder ofData = decoder(Map.of("id-from", "data"));
    assertEquals("order-1", event(ofData, record).id());
    assertEquals("A234", event(ofData, cloudEvent("\"data\":{\"a\":1}")).id());
  }

  @Test
  void theKeyIsTheDatasElseAnAttribute() {
    final String partition = "\"partitionkey\":\"p1\",";
    assertEquals("p1", event(decoder, cloudEvent(partition + "\"data\":{\"a\":1}")).key());
    assertEquals(
        "k", event(decoder, cloudEvent(partition + "\"data\":{\"a\":1,\"key\":\"k\"}")).key());
    assertEquals(
        "boiler",
        event(decoder(Map.of("key-attribute", "subject")), cloudEvent("\"data\":{\"a\":1}")).key());
  }

  @Test
  void theRecordMayLieDeeperInTheData() {
    final RecordDecoder deep = decoder(Map.of("data", "order.row"));
    assertArrayEquals(
        new String[] {"a"},
        event(deep, cloudEvent("\"data\":{\"order\":{\"row\":{\"a\":1},\"b\":2}}")).names());
    assertEquals(
        "the CloudEvent has no JSON object in 'data.order.row'",
        reason(deep, cloudEvent("\"data\":{\"order\":{}}")));
    assertThrows(IllegalArgumentException.class, () -> decoder(Map.of("data", "a..b")));
  }

  @Test
  void theTimeOfTheDataCountsAndABadOneIsCounted() {
    assertEquals(5, event(decoder, cloudEvent("\"data\":{\"a\":1,\"ts\":5}")).timestamp());
    final String bad = cloudEvent("\"data\":{\"a\":1}").replace("2023-11-14", "yesterday");
    assertEquals(Records.KAFKA_TIME, event(decoder, bad).timestamp());
    assertEquals(1, decoder.badTimestamps());
  }

  @Test
  void whatIsNoCloudEventWithAnObjectIsRefusedByName() {
    assertEquals(
        "the record is no CloudEvent: it has no 'specversion'",
        reason(decoder, "{\"id\":1,\"data\":{\"a\":1}}"));
    assertEquals(
        "the CloudEvent's data is binary (data_base64) instead of JSON",
        reason(decoder, cloudEvent("\"data_base64\":\"AAAA\"")));
    assertEquals(
        "the CloudEvent has no JSON object in 'data'", reason(decoder, cloudEvent("\"data\":[1]")));
    assertEquals(
        "the CloudEvent has no JSON object in 'data'", reason(decoder, cloudEvent("\"x\":1")));
    assertEquals("the record is an array instead of a JSON object", reason(decoder, "[]"));
  }

  @Test
  void aLabelNamesItsEventInItsData() {
    final RecordDecoder labels =
        RecordFormats.labels("cloudevents", DecoderOptions.DEFAULT, Map.of());
    assertEquals("A1", label(labels, cloudEvent("\"data\":{\"id\":\"A1\",\"label\":\"ok\"}")).id());
    assertEquals(
        "field 'id' is missing", reason(labels, cloudEvent("\"data\":{\"label\":\"ok\"}")));
  }
}
