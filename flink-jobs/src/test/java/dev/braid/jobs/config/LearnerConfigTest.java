package dev.braid.jobs.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** A learner is told what concerns learning, in the keys of the job. */
class LearnerConfigTest {
  @Test
  void saysWhatTheJobSaysOfItsLearner() {
    final Map<String, String> keys =
        Map.of(
            "model.preset", "tame",
            "model.seed", "3",
            "schema.numeric", "a,b",
            "labels.max-wait", "2 h",
            "limits.classes", "7",
            "state.expire-after", "1 d");
    assertEquals(JobConfig.of(keys).learner(), LearnerConfig.of(keys));
  }

  @Test
  void refusesAKeyOfTheJobWithKafka() {
    for (final String key :
        new String[] {"kafka.group", "labels.format", "limits.record-bytes", "events.id-field"}) {
      final String message =
          assertThrows(ConfigException.class, () -> LearnerConfig.of(Map.of(key, "1")))
              .getMessage();
      assertTrue(message.contains("'" + key + "'") && message.contains("model.*"), message);
    }
  }

  @Test
  void refusesAnOptionThatThePresetDoesNotHave() {
    assertThrows(
        ConfigException.class, () -> LearnerConfig.of(Map.of("model.options.no-such", "1")));
  }
}
