package dev.braid.connectors.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.format.RecordFormat.Content;
import dev.braid.data.Feature;
import dev.braid.data.Instance;
import dev.braid.data.Schema;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Formats by name, as the configuration asks for them. */
class RecordFormatsTest {

  @Test
  void formatsAreFoundAsServices() {
    assertTrue(RecordFormats.registry().names().containsAll(List.of("csv", "json")));
  }

  @Test
  void unknownFormatIsRefusedByName() {
    assertEquals(
        "there is no record format 'xml'; there are "
            + String.join(", ", RecordFormats.registry().names()),
        refusal("xml", DecoderOptions.DEFAULT, Map.of()));
  }

  @Test
  void unknownOptionIsRefusedByName() {
    assertEquals(
        "record format 'json' has no option 'columns'; it has ignore",
        refusal("json", DecoderOptions.DEFAULT, Map.of("columns", "id")));
    assertEquals(
        "record format 'csv' has no option 'header'; it has columns, delimiter",
        refusal("csv", DecoderOptions.DEFAULT, Map.of("header", "yes")));
  }

  @Test
  void delimiterMustBeOneCharacter() {
    assertEquals(
        "option 'delimiter' of record format 'csv' is '::'; it must be one character",
        refusal("csv", DecoderOptions.DEFAULT, Map.of("columns", "id,a", "delimiter", "::")));
  }

  private static String refusal(
      final String format, final DecoderOptions decoding, final Map<String, String> options) {
    return assertThrows(
            IllegalArgumentException.class, () -> RecordFormats.events(format, decoding, options))
        .getMessage();
  }

  @Test
  void jsonEventIsWrittenAsTheDesignHasIt() {
    final Schema schema =
        new Schema(
            List.of(
                Feature.numeric("a"),
                Feature.numeric("b"),
                Feature.nominal("c", "x", "y, \"z\""),
                Feature.numeric("d")),
            List.of("DOWN", "UP"));
    final Instance instance = new Instance(new double[] {1, -0.1, 1, Double.NaN}, 1);
    final byte[] json =
        RecordFormats.writer("json", Content.EVENT, FieldNames.DEFAULT, Map.of())
            .event("s-1", "m", 5, schema, instance, true);
    assertEquals(
        "{\"id\":\"s-1\",\"key\":\"m\",\"ts\":5,"
            + "\"features\":{\"a\":1,\"b\":-0.1,\"c\":\"y, \\\"z\\\"\",\"d\":null},"
            + "\"label\":\"UP\"}",
        new String(json, StandardCharsets.UTF_8));
  }
}
