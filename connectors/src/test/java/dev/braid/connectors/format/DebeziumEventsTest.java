package dev.braid.connectors.format;

import static dev.braid.connectors.format.Records.event;
import static dev.braid.connectors.format.Records.label;
import static dev.braid.connectors.format.Records.reason;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Envelopes as Debezium's connectors for Postgres and MySQL write them. */
class DebeziumEventsTest {
  private static final String WITHOUT = "{\"id\":5,\"key\":\"m\",\"amount\":10.5,\"paid\":false%s}";
  private static final String OPEN = String.format(WITHOUT, ",\"label\":null");
  private static final String DONE = String.format(WITHOUT, ",\"label\":\"fraud\"");
  private static final String OTHER = String.format(WITHOUT, ",\"label\":\"fine\"");

  private final RecordDecoder decoder =
      RecordFormats.events("debezium", DecoderOptions.DEFAULT, Map.of());

  private static String change(final String before, final String after, final String op) {
    return "{\"before\":"
        + before
        + ",\"after\":"
        + after
        + ",\"source\":{\"version\":\"3.0\",\"connector\":\"postgresql\",\"ts_ms\":1700000000000,"
        + "\"snapshot\":\"false\",\"table\":\"orders\"},\"transaction\":null,\"op\":\""
        + op
        + "\",\"ts_ms\":1700000000500}";
  }

  @Test
  void anInsertedRowIsAnEvent() {
    final Event event = event(decoder, change("null", OPEN, "c"));
    assertEquals("5", event.id());
    assertEquals("m", event.key());
    assertArrayEquals(new String[] {"amount", "paid"}, event.names());
    assertEquals(10.5, event.numbers()[0]);
    assertEquals("false", event.texts()[1]);
    assertNull(event.label());
    assertEquals(1_700_000_000_000L, event.timestamp(), "when it was committed");
  }

  @Test
  void aRowOfASnapshotIsAnEventWithTheLabelItHas() {
    assertEquals("fraud", event(decoder, change("null", DONE, "r")).label());
  }

  @Test
  void anUpdateThatBringsTheLabelIsTheLabelOfItsEvent() {
    final LabelRecord label = label(decoder, change(OPEN, DONE, "u"));
    assertEquals("5", label.id());
    assertEquals("m", label.key());
    assertEquals("fraud", label.label());
    assertEquals(1_700_000_000_000L, label.timestamp());
  }

  @Test
  void anUpdateWithoutTheRowBeforeCountsAsBringingTheLabel() {
    assertEquals("fraud", label(decoder, change("null", DONE, "u")).label());
    assertEquals("fraud", label(decoder, change("{\"id\":5}", DONE, "u")).label());
  }

  @Test
  void anEventAfterALabelHasItsFeatures() {
    label(decoder, change(OPEN, DONE, "u"));
    assertEquals(2, event(decoder, change("null", OPEN, "c")).names().length);
  }

  @Test
  void theSchemaMayComeAlong() {
    final String schema = "{\"schema\":{\"type\":\"struct\",\"fields\":[{\"op\":1}]},\"payload\":";
    assertEquals("5", event(decoder, schema + change("null", OPEN, "c") + "}").id());
  }

  @Test
  void theRowsOwnTimeCounts() {
    final String row = "{\"id\":5,\"a\":1,\"ts\":\"2023-11-14T22:13:21Z\"}";
    assertEquals(1_700_000_001_000L, event(decoder, change("null", row, "c")).timestamp());
  }

  @Test
  void updatesThatBringNoLabelAreRefusedByName() {
    assertEquals(
        "the update brings no label: its row was predicted when it was inserted, and is not again",
        reason(decoder, change(OPEN, OPEN, "u")));
    assertEquals(
        "the update leaves the label as it was: 'fraud'", reason(decoder, change(DONE, DONE, "u")));
    assertEquals(
        "the update changes the label from 'fraud' to 'fine'; what was learned is not taken back",
        reason(decoder, change(DONE, OTHER, "u")));
  }

  @Test
  void deletesTombstonesAndTheRestAreRefusedByName() {
    assertEquals(
        "the row was deleted (op 'd'); what was learned of it stays",
        reason(decoder, change(DONE, "null", "d")));
    assertEquals("the record has no value (a tombstone)", reason(decoder, (byte[]) null));
    assertEquals(
        "the table was truncated (op 't'); what was learned of it stays",
        reason(decoder, change("null", "null", "t")));
    assertEquals(
        "op is 'm', and only c, r and u have a row", reason(decoder, change("null", "null", "m")));
  }

  @Test
  void whatIsNoEnvelopeIsRefused() {
    assertEquals("the record is no Debezium envelope: it has no 'op'", reason(decoder, OPEN));
    assertEquals(
        "the envelope has no row in 'after', though op is 'c'",
        reason(decoder, change(OPEN, "null", "c")));
    assertEquals(
        "the envelope has no row in 'after', though op is 'u'",
        reason(decoder, change(OPEN, "[1]", "u")));
    assertEquals(
        "field 'op' is there twice", reason(decoder, "{\"op\":\"c\",\"op\":\"u\",\"after\":{}}"));
  }

  @Test
  void aTableOfLabelsIsATopicOfLabels() {
    final RecordDecoder labels = RecordFormats.labels("debezium", DecoderOptions.DEFAULT, Map.of());
    final String row = "{\"id\":5,\"label\":1}";
    assertEquals("1", label(labels, change("null", row, "c")).label());
    assertEquals("1", label(labels, change("null", row, "u")).label());
    assertEquals("field 'label' is missing", reason(labels, change("null", "{\"id\":5}", "c")));
  }

  @Test
  void itSaysThatItBringsLabels() {
    assertTrue(RecordFormats.bringLateLabels("debezium", Map.of()));
    assertEquals(false, RecordFormats.bringLateLabels("json", Map.of()));
  }

  @Test
  void columnsCanBeLeftOut() {
    final RecordDecoder ignoring =
        RecordFormats.events("debezium", DecoderOptions.DEFAULT, Map.of("ignore", "paid"));
    assertArrayEquals(new String[] {"amount"}, event(ignoring, change("null", OPEN, "c")).names());
  }
}
