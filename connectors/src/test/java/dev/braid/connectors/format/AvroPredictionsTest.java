package dev.braid.connectors.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.PredictedNumber;
import dev.braid.connectors.PredictionRecord;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.util.Utf8;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Predictions as any reader of Avro sees them. */
class AvroPredictionsTest {
  private final StubRegistry registry = new StubRegistry();

  @AfterEach
  void close() {
    registry.close();
  }

  private static PredictionRecord prediction(final String predicted) {
    return new PredictionRecord(
        "e1",
        "m",
        1_700_000_000_000L,
        predicted,
        List.of("UP", "down, \"1\""),
        new double[] {0.25, 0.75},
        List.of("knn"),
        new double[] {1},
        41);
  }

  private GenericRecord read(final byte[] value) throws Exception {
    final Schema schema = new Schema.Parser().parse(registry.schema(SchemaRegistry.number(value)));
    return new GenericDatumReader<GenericRecord>(schema)
        .read(null, DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, null));
  }

  private RecordEncoder<PredictionRecord> encoder(final int maxBytes) {
    return RecordFormats.predictions("avro", FieldNames.DEFAULT, registry.options(), maxBytes);
  }

  @Test
  void aPredictionHasTheFieldsThatItHasAsJson() throws Exception {
    final GenericRecord read = read(encoder(1000).encode(prediction("UP")));
    assertEquals(new Utf8("e1"), read.get("id"));
    assertEquals(new Utf8("m"), read.get("key"));
    assertEquals(1_700_000_000_000L, read.get("ts"));
    assertEquals(new Utf8("UP"), read.get("predicted"));
    assertEquals(
        Map.of(new Utf8("UP"), 0.25, new Utf8("down, \"1\""), 0.75), read.get("probabilities"));
    assertEquals(Map.of(new Utf8("knn"), 1.0), read.get("experts"));
    assertEquals(41L, read.get("model_version"));
    assertNull(read(encoder(1000).encode(prediction(null))).get("predicted"));
  }

  private static PredictionRecord number(final PredictedNumber number) {
    return PredictionRecord.ofNumber(
        "e1", "m", 1_700_000_000_000L, number, List.of("knn"), new double[] {1}, 41);
  }

  @Test
  void aNumberHasItsIntervalAndTheQuantilesThatWereAskedFor() throws Exception {
    final RecordEncoder<PredictionRecord> encoder = encoder(1000);
    final GenericRecord unknown =
        read(
            encoder.encode(
                number(
                    new PredictedNumber(
                        Double.NaN, Double.NaN, Double.NaN, List.of(0.5), List.of(Double.NaN)))));
    assertNull(unknown.get("predicted"));
    assertNull(unknown.get("interval"));
    assertEquals(Collections.singletonMap(new Utf8("0.5"), null), unknown.get("quantiles"));
    final GenericRecord known =
        read(
            encoder.encode(
                number(new PredictedNumber(12.5, 11, 14.25, List.of(0.5), List.of(12.0)))));
    assertEquals(12.5, known.get("predicted"));
    assertEquals(List.of(11.0, 14.25), known.get("interval"));
    assertEquals(Map.of(new Utf8("0.5"), 12.0), known.get("quantiles"));
    assertEquals(Map.of(new Utf8("knn"), 1.0), known.get("experts"));
    assertNull(known.getSchema().getField("probabilities"));
  }

  @Test
  void theSchemaIsRegisteredOnceUnderTheSubject() throws Exception {
    final RecordEncoder<PredictionRecord> encoder = encoder(1000);
    encoder.encode(prediction("UP"));
    encoder.encode(prediction("UP"));
    assertEquals(1, registry.asked.get());
    assertEquals(1, registry.number("braid-predictions"));
  }

  @Test
  void aPredictionThatWouldBeTooLongHasNoDetails() throws Exception {
    final GenericRecord read = read(encoder(40).encode(prediction("UP")));
    assertEquals(Map.of(), read.get("probabilities"));
    assertEquals(new Utf8("UP"), read.get("predicted"));
  }

  @Test
  void namesThatAvroDoesNotHaveAreRefusedAtTheStart() {
    final FieldNames names = new FieldNames("event-id", "key", "ts", "features", "label");
    final IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> RecordFormats.predictions("avro", names, Map.of(), 1000));
    assertTrue(refused.getMessage().contains("event-id"), refused.getMessage());
  }

  @Test
  void otherFormatsSayThatTheyCannot() {
    assertThrows(
        IllegalArgumentException.class,
        () -> RecordFormats.predictions("csv", FieldNames.DEFAULT, Map.of(), 1000));
  }
}
