package dev.braid.benchmarks.detection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.stream.DriftPoint;
import java.util.List;
import org.junit.jupiter.api.Test;

class DetectionScoreTest {
  private static final List<DriftPoint> DRIFTS =
      List.of(new DriftPoint(1_000, 100), new DriftPoint(2_000, 100));

  private static DetectionScore score(final Long... alarms) {
    return DetectionScore.of(List.of(alarms), DRIFTS, 3_000);
  }

  @Test
  void theDelayIsCountedFromTheBeginOfTheChange() {
    final DetectionScore score = score(960L, 2_090L);
    assertEquals(2, score.found());
    assertEquals((10 + 140) / 2.0, score.meanDelay());
    assertEquals(1.0, score.f1());
  }

  @Test
  void aSecondAlarmForTheSameDriftIsFalse() {
    final DetectionScore score = score(1_010L, 1_020L, 2_010L);
    assertEquals(1, score.falseAlarms());
    assertEquals(2 * 2.0 / (3 + 2), score.f1());
  }

  @Test
  void anAlarmBeforeTheChangeIsFalse() {
    final DetectionScore score = score(940L);
    assertEquals(0, score.found());
    assertEquals(1, score.falseAlarms());
  }

  @Test
  void anAlarmMoreThanHalfWayToTheNextDriftIsFalse() {
    assertEquals(1, score(1_449L).found());
    assertEquals(0, score(1_450L).found());
  }

  @Test
  void withoutAlarmsNothingIsFoundAndNoDelayIsKnown() {
    final DetectionScore score = score();
    assertEquals(0.0, score.f1());
    assertTrue(Double.isNaN(score.meanDelay()));
  }
}
