package dev.braid.connectors.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.braid.connectors.Event;
import dev.braid.connectors.LabelRecord;
import dev.braid.connectors.Origin;
import dev.braid.connectors.format.DecoderOptions;
import dev.braid.connectors.format.FieldNames;
import dev.braid.connectors.format.Formats;
import dev.braid.connectors.format.RecordDecoder;
import dev.braid.data.Feature;
import dev.braid.data.Instance;
import dev.braid.data.Schema;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventWriterTest {
  private static final Schema SCHEMA =
      new Schema(
          List.of(
              Feature.numeric("a"),
              Feature.numeric("b"),
              Feature.nominal("c", "x", "y, \"z\""),
              Feature.numeric("d")),
          List.of("DOWN", "UP"));
  private static final Instance INSTANCE = new Instance(new double[] {1, -0.1, 1, Double.NaN}, 1);

  @Test
  void jsonEventIsWrittenAsTheDesignHasIt() {
    final byte[] json =
        EventWriter.json(FieldNames.DEFAULT).event("s-1", "m", 5, SCHEMA, INSTANCE, true);
    assertEquals(
        "{\"id\":\"s-1\",\"key\":\"m\",\"ts\":5,"
            + "\"features\":{\"a\":1,\"b\":-0.1,\"c\":\"y, \\\"z\\\"\",\"d\":null},"
            + "\"label\":\"UP\"}",
        new String(json, StandardCharsets.UTF_8));
  }

  @Test
  void jsonIsReadBackAsItWas() {
    readsBack(
        EventWriter.json(FieldNames.DEFAULT),
        Formats.jsonEvents(DecoderOptions.DEFAULT),
        Formats.jsonLabels(DecoderOptions.DEFAULT));
  }

  @Test
  void csvIsReadBackAsItWas() {
    final FieldNames fields = FieldNames.DEFAULT;
    readsBack(
        EventWriter.csv(fields, ';'),
        Formats.csvEvents(DecoderOptions.DEFAULT, EventWriter.eventColumns(fields, SCHEMA), ';'),
        Formats.csvLabels(DecoderOptions.DEFAULT, EventWriter.labelColumns(fields), ';'));
  }

  private static void readsBack(
      final EventWriter writer, final RecordDecoder events, final RecordDecoder labels) {
    final Event labelled =
        decode(events, Event.class, writer.event("s-1", "m", 5, SCHEMA, INSTANCE, true));
    assertEquals("s-1", labelled.id());
    assertEquals("m", labelled.key());
    assertEquals(5, labelled.timestamp());
    assertArrayEquals(new String[] {"a", "b", "c", "d"}, labelled.names());
    assertArrayEquals(new double[] {1, -0.1, Double.NaN, Double.NaN}, labelled.numbers());
    assertArrayEquals(new String[] {null, null, "y, \"z\"", null}, labelled.texts());
    assertEquals("UP", labelled.label());

    final Event withheld =
        decode(events, Event.class, writer.event("s-1", "", 5, SCHEMA, INSTANCE, false));
    assertEquals("", withheld.key());
    assertNull(withheld.label());

    final LabelRecord label = decode(labels, LabelRecord.class, writer.label("s-1", "m", 6, "UP"));
    assertEquals("s-1", label.id());
    assertEquals("m", label.key());
    assertEquals(6, label.timestamp());
    assertEquals("UP", label.label());
  }

  private static <T> T decode(
      final RecordDecoder decoder, final Class<T> type, final byte[] value) {
    return assertInstanceOf(type, decoder.decode(new Origin("t", 0, 0, null, value), 1));
  }
}
