package dev.braid.connectors.format;

import static dev.braid.connectors.format.Records.event;
import static dev.braid.connectors.format.Records.reason;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.braid.connectors.Event;
import dev.braid.data.Feature.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CsvEventsTest {
  private static final List<String> COLUMNS = List.of("id", "key", "ts", "a", "b", "label");

  private final RecordDecoder decoder = Records.csvEvents(DecoderOptions.DEFAULT, COLUMNS, ',');

  @Test
  void completeLineIsRead() {
    final Event event = event(decoder, "e1,m,12,1.5,red,UP\n");
    assertEquals("e1", event.id());
    assertEquals("m", event.key());
    assertEquals(12, event.timestamp());
    assertArrayEquals(new String[] {"a", "b"}, event.names());
    assertArrayEquals(new double[] {1.5, Double.NaN}, event.numbers());
    assertArrayEquals(new String[] {null, "red"}, event.texts());
    assertEquals("UP", event.label());
  }

  @Test
  void emptyCellsAndQuestionMarksAreMissing() {
    final Event event = event(decoder, "e1,,,?,,?");
    assertEquals("", event.key());
    assertEquals(Records.KAFKA_TIME, event.timestamp());
    assertArrayEquals(new double[] {Double.NaN, Double.NaN}, event.numbers());
    assertArrayEquals(new String[] {null, null}, event.texts());
    assertNull(event.label());
  }

  @Test
  void quotedCellsMayHoldSeparatorsAndQuotes() {
    final Event event = event(decoder, "\"e,1\",,,1,\"say \"\"hi\"\"\",UP");
    assertEquals("e,1", event.id());
    assertEquals("say \"hi\"", event.texts()[1]);
  }

  @Test
  void separatorCanBeChosen() {
    final RecordDecoder semicolons =
        Records.csvEvents(DecoderOptions.DEFAULT, List.of("id", "a"), ';');
    assertArrayEquals(new double[] {2.5}, event(semicolons, "1; 2.5").numbers());
  }

  @Test
  void declaredNominalKeepsNumbersAsText() {
    final RecordDecoder declared =
        Records.csvEvents(
            DecoderOptions.DEFAULT.withDeclared(Map.of("a", Kind.NOMINAL)), COLUMNS, ',');
    assertArrayEquals(new String[] {"07", null}, event(declared, "1,,,07,8,").texts());
  }

  @Test
  void declaredNumericRefusesText() {
    final RecordDecoder declared =
        Records.csvEvents(
            DecoderOptions.DEFAULT.withDeclared(Map.of("a", Kind.NUMERIC)), COLUMNS, ',');
    assertEquals("feature 'a' is 'x' but is declared as numeric", reason(declared, "1,,,x,8,"));
  }

  @Test
  void nonFiniteNumbersAreRefused() {
    final RecordDecoder declared =
        Records.csvEvents(
            DecoderOptions.DEFAULT.withDeclared(Map.of("a", Kind.NUMERIC)), COLUMNS, ',');
    assertEquals(
        "feature 'a' is 'nan', only finite numbers are allowed", reason(declared, "1,,,nan,8,"));
    assertEquals(
        "feature 'a' is '1e999', only finite numbers are allowed", reason(decoder, "1,,,1e999,8,"));
  }

  @Test
  void wrongNumberOfCellsIsRefused() {
    assertEquals("the line has 5 cells, 6 are expected", reason(decoder, "1,,,1,2"));
    assertEquals("the line has 7 cells, 6 are expected", reason(decoder, "1,,,1,2,UP,"));
  }

  @Test
  void severalLinesAreRefused() {
    assertEquals("the record has more than one line", reason(decoder, "1,,,1,2,A\n2,,,1,2,B\n"));
  }

  @Test
  void headerLineIsRefused() {
    assertEquals("the line is the header", reason(decoder, "id,key,ts,a,b,label\n"));
  }

  @Test
  void brokenQuotesAreRefused() {
    final String expected = "the record is not valid CSV: a quote is opened or closed wrongly";
    assertEquals(expected, reason(decoder, "1,,,1,\"open,UP"));
    assertEquals(expected, reason(decoder, "1,,,1,\"a\"b,UP"));
  }

  @Test
  void missingIdIsRefused() {
    assertEquals("field 'id' is missing", reason(decoder, ",,,1,2,UP"));
  }

  @Test
  void emptyRecordIsRefused() {
    assertEquals("the record is empty", reason(decoder, "\n"));
  }

  @Test
  void columnsMustHoldTheId() {
    final var wrong =
        assertThrows(
            IllegalArgumentException.class,
            () -> Records.csvEvents(DecoderOptions.DEFAULT, List.of("a", "b"), ','));
    assertEquals(
        "option 'columns' must name the columns of the CSV records, among them 'id'",
        wrong.getMessage());
  }

  @Test
  void columnsMustDiffer() {
    assertThrows(
        IllegalArgumentException.class,
        () -> Records.csvEvents(DecoderOptions.DEFAULT, List.of("id", "a", "a"), ','));
  }
}
