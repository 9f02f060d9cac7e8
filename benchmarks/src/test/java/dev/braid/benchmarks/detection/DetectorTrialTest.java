package dev.braid.benchmarks.detection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.stream.DriftPoint;
import dev.braid.connectors.stream.StreamOptions;
import dev.braid.connectors.stream.StreamSpec;
import dev.braid.data.InstanceSource;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DetectorTrialTest {
  private static final int EVENTS = 20_000;

  private static List<Long> alarms(final String stream, final String detector) {
    try (InstanceSource source = StreamSpec.parse(stream, StreamOptions.DEFAULT).open(1, EVENTS)) {
      return DetectorTrial.alarms(source, ComparedDetectors.byName().get(detector));
    }
  }

  private static List<String> all() {
    return List.copyOf(ComparedDetectors.byName().keySet());
  }

  @ParameterizedTest
  @ValueSource(strings = {"adwin", "moa-adwin", "ddm", "hddm-a", "hddm-w", "page-hinkley"})
  void aDetectorFindsMostDriftsOfLed(final String detector) {
    final List<DriftPoint> drifts =
        StreamSpec.parse("led_a", StreamOptions.DEFAULT).driftPoints(EVENTS);
    final DetectionScore score = DetectionScore.of(alarms("led_a", detector), drifts, EVENTS);
    assertTrue(score.found() >= 2, score.toString());
  }

  @ParameterizedTest
  @MethodSource("all")
  void everyDetectorRunsToTheEnd(final String detector) {
    final List<Long> alarms = alarms("sea_a", detector);
    assertTrue(alarms.stream().allMatch(event -> event >= 0 && event < EVENTS));
  }

  @ParameterizedTest
  @ValueSource(strings = {"adwin", "ddm", "hddm-a", "hddm-w"})
  void oursAndMoasRaiseTheSameAlarms(final String detector) {
    assertEquals(alarms("led_a", "moa-" + detector), alarms("led_a", detector));
  }
}
