package dev.braid.connectors.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.connectors.DriftRecord;
import dev.braid.connectors.MetricsRecord;
import dev.braid.connectors.PredictionRecord;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonRecordsTest {

  @Test
  void predictionHoldsProbabilitiesByClassAndWeightsByExpert() {
    final PredictionRecord record =
        new PredictionRecord(
            "e1",
            "m",
            5,
            "DOWN",
            List.of("UP", "DOWN"),
            new double[] {0.25, 0.75},
            List.of("e0"),
            new double[] {1},
            17);
    assertEquals(
        "{\"id\":\"e1\",\"key\":\"m\",\"ts\":5,\"predicted\":\"DOWN\","
            + "\"probabilities\":{\"UP\":0.25,\"DOWN\":0.75},\"experts\":{\"e0\":1.0},"
            + "\"model_version\":17}",
        text(JsonRecords.predictions(FieldNames.DEFAULT, 1_000).encode(record)));
  }

  @Test
  void predictionOfAModelWithoutClassesHasNone() {
    final PredictionRecord record =
        new PredictionRecord(
            "\"", "", 5, null, List.of(), new double[0], List.of(), new double[0], 0);
    final FieldNames names = new FieldNames("_id", "k", "t", "x", "y");
    assertEquals(
        "{\"_id\":\"\\\"\",\"k\":\"\",\"t\":5,\"predicted\":null,\"probabilities\":{},"
            + "\"experts\":{},\"model_version\":0}",
        text(JsonRecords.predictions(names, 1_000).encode(record)));
  }

  @Test
  void predictionTooLongForKafkaLeavesTheDetailsOut() {
    final PredictionRecord record =
        new PredictionRecord(
            "e1",
            "m",
            5,
            "B",
            List.of("A".repeat(1_000), "B"),
            new double[] {0.25, 0.75},
            List.of("e0"),
            new double[] {1},
            17);
    assertEquals(
        "{\"id\":\"e1\",\"key\":\"m\",\"ts\":5,\"predicted\":\"B\",\"probabilities\":{},"
            + "\"experts\":{},\"model_version\":17}",
        text(JsonRecords.predictions(FieldNames.DEFAULT, 1_000).encode(record)));
  }

  @Test
  void figuresNotKnownYetAreNull() {
    final MetricsRecord record =
        new MetricsRecord(
            "m",
            5,
            100,
            0,
            Double.NaN,
            Double.NaN,
            Double.NEGATIVE_INFINITY,
            Double.NaN,
            Map.of("e0", 1.0),
            0.5,
            1,
            2,
            3,
            4,
            4096);
    assertEquals(
        "{\"key\":\"m\",\"ts\":5,\"events\":100,\"labelled\":0,\"accuracy\":null,"
            + "\"kappa_m\":null,\"kappa_t\":null,\"window_accuracy\":null,"
            + "\"expert_share\":{\"e0\":1.0},\"weight_entropy\":0.5,\"drifts\":1,\"pending\":2,"
            + "\"expired\":3,\"ignored_features\":4,\"state_bytes\":4096}",
        text(JsonRecords.metrics(FieldNames.DEFAULT).encode(record)));
  }

  @Test
  void driftNamesWhatHappenedToWhom() {
    assertEquals(
        "{\"key\":\"m\",\"ts\":5,\"event\":100,\"kind\":\"opened\",\"subject\":\"e3\","
            + "\"reason\":\"no expert fits\"}",
        text(
            JsonRecords.drift(FieldNames.DEFAULT)
                .encode(new DriftRecord("m", 5, 100, "opened", "e3", "no expert fits"))));
  }

  private static String text(final byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }
}
