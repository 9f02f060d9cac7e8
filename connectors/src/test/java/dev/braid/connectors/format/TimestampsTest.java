package dev.braid.connectors.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Times as producers write them; a bad one costs the time alone, never the event. */
class TimestampsTest {
  private static final long NOON = 1_700_000_000_123L;

  private final RecordDecoder json = Records.jsonEvents(DecoderOptions.DEFAULT);

  private long json(final String timestamp) {
    return Records.event(json, "{\"id\":1,\"ts\":" + timestamp + ",\"features\":{\"a\":1}}")
        .timestamp();
  }

  @Test
  void secondsMillisecondsMicrosecondsAndNanosecondsAreToldApartByMagnitude() {
    assertEquals(1_700_000_000_000L, json("1700000000"));
    assertEquals(NOON, json("1700000000123"));
    assertEquals(NOON, json("1700000000123456"));
    assertEquals(NOON, json("1700000000123456789"));
    assertEquals(100_000_000_000L, json("100000000"));
    assertEquals(99_999_999_999_000L, json("99999999999"));
    assertEquals(100_000_000_000L, json("100000000000"));
    assertEquals(Timestamps.MAX, json("253402300799999"));
    assertEquals(99_999_999, json("99999999"));
    assertEquals(0, json("0"));
  }

  @Test
  void decimalsAreFractionsOfTheUnit() {
    assertEquals(NOON, json("1700000000.123"));
    assertEquals(NOON, json("1.700000000123e9"));
    assertEquals(NOON, json("1700000000123.25"));
  }

  @Test
  void digitsAsTextAreTheNumber() {
    assertEquals(NOON, json("\"1700000000123\""));
    assertEquals(1_700_000_000_000L, json("\" 1700000000 \""));
    assertEquals(NOON, json("\"1700000000.123\""));
  }

  @Test
  void isoTextIsTaken() {
    assertEquals(NOON, json("\"2023-11-14T22:13:20.123Z\""));
    assertEquals(NOON, json("\"2023-11-14T23:13:20.123+01:00\""));
    assertEquals(NOON, json("\"2023-11-14T23:13:20.123+0100\""));
    assertEquals(NOON, json("\"2023-11-14 22:13:20.123456\""));
    assertEquals(NOON, json("\"2023-11-14t22:13:20.123z\""));
    assertEquals(1_700_000_000_000L, json("\"2023-11-14 22:13:20+00\""));
    assertEquals(1_699_999_980_000L, json("\"2023-11-14T22:13\""));
    assertEquals(1_699_920_000_000L, json("\"2023-11-14\""));
  }

  @Test
  void whatIsNoTimeIsCountedAndTheKafkaTimestampTaken() {
    int bad = 0;
    for (final String none :
        new String[] {
          "\"noon\"",
          "\"\"",
          "-5",
          "true",
          "{}",
          "[1,[2]]",
          "1e999",
          "99999999999999999999999",
          "\"2023-13-40T00:00:00Z\"",
          "\"2023-11-14T25:00\"",
          "\"10000-01-01T00:00:00Z\"",
          "\"1969-12-31T23:59:59Z\"",
          "\"+999999999-12-31\"",
          "\"14.11.2023\"",
          "\"" + "9".repeat(200) + "\"",
          "\"2023-11-14T22:13:20.123Z" + "x".repeat(10_000) + "\""
        }) {
      assertEquals(Records.KAFKA_TIME, json(none), none);
      assertEquals(++bad, json.badTimestamps(), none);
    }
    assertEquals(Records.KAFKA_TIME, json("null"));
    assertEquals(bad, json.badTimestamps());
  }

  @Test
  void csvAndLabelsTakeTheSame() {
    final RecordDecoder csv =
        Records.csvEvents(DecoderOptions.DEFAULT, List.of("id", "ts", "a"), ',');
    assertEquals(NOON, Records.event(csv, "1,2023-11-14T22:13:20.123Z,1").timestamp());
    assertEquals(Records.KAFKA_TIME, Records.event(csv, "1,noon,1").timestamp());
    assertEquals(1, csv.badTimestamps());
    final RecordDecoder labels = Records.jsonLabels(DecoderOptions.DEFAULT);
    assertEquals(
        NOON, Records.label(labels, "{\"id\":1,\"ts\":\"1700000000123\",\"label\":1}").timestamp());
  }
}
