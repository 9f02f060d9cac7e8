package dev.braid.connectors.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.braid.connectors.ClassScores;
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
            new ClassScores(
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NEGATIVE_INFINITY,
                Double.NaN,
                0.375,
                0.125,
                Double.NaN,
                0.5,
                Double.NaN,
                List.of("A", "B"),
                List.of(1L, 2L, 3L, 4L)),
            Map.of("e0", 1.0),
            Map.of("e0", 0.75),
            0.5,
            Map.of("x", 0.25),
            1,
            2,
            3,
            4,
            5,
            6,
            4096,
            Double.NaN,
            0);
    assertEquals(
        "{\"key\":\"m\",\"ts\":5,\"events\":100,\"labelled\":0,\"accuracy\":null,"
            + "\"kappa\":null,\"kappa_m\":null,\"kappa_t\":null,\"log_loss\":null,"
            + "\"brier\":0.375,\"calibration_error\":0.125,"
            + "\"window_accuracy\":null,\"window_kappa\":0.5,\"window_log_loss\":null,"
            + "\"confusion\":{\"classes\":[\"A\",\"B\"],\"counts\":[[1,2],[3,4]]},"
            + "\"expert_share\":{\"e0\":1.0},\"expert_weight\":{\"e0\":0.75},"
            + "\"weight_entropy\":0.5,\"feature_importance\":{\"x\":0.25},\"drifts\":1,"
            + "\"pending\":2,\"expired\":3,\"pending_labels\":4,\"expired_labels\":5,"
            + "\"ignored_features\":6,\"state_bytes\":4096,\"learner_micros\":null,"
            + "\"checkpoint_ts\":null}",
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
