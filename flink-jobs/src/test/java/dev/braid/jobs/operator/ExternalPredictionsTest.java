package dev.braid.jobs.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.Event;
import dev.braid.connectors.Origin;
import dev.braid.connectors.format.RecordDecoder;
import dev.braid.jobs.config.ConfigException;
import dev.braid.jobs.config.JobConfig;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The predictions of models outside are told by the configuration, never guessed from names. */
class ExternalPredictionsTest {
  private static final int EVENTS = 400;

  private static JobConfig braid(final String... keysAndValues) {
    final Map<String, String> values = new HashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      values.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return JobConfig.of(values);
  }

  /** Events whose class the model outside alone can tell, as the job reads them. */
  private static Workbench run(final JobConfig config) throws Exception {
    final RecordDecoder decoder = config.eventDecoder();
    final SplittableRandom random = new SplittableRandom(1);
    final Workbench bench = new Workbench(config.learner());
    for (int i = 0; i < EVENTS; i++) {
      final boolean up = random.nextBoolean();
      final String json =
          "{\"id\":\"e%d\",\"features\":{\"a\":%s,\"@scores:up\":%s,\"@scores:down\":%s,\"vote:x:up\":1},"
              + "\"label\":\"%s\"}";
      final byte[] value =
          json.formatted(
                  i,
                  random.nextDouble(),
                  up ? "0.9" : "0.1",
                  up ? "0.1" : "0.9",
                  up ? "up" : "down")
              .getBytes(StandardCharsets.UTF_8);
      bench.send(
          assertInstanceOf(Event.class, decoder.decode(new Origin("t", 0, i, null, value), 1)));
    }
    assertEquals(EVENTS, bench.predictions().size());
    return bench;
  }

  private static List<String> experts(final Workbench bench) {
    return bench.predictions().get(EVENTS - 1).experts();
  }

  @Test
  void noNameOfAFeatureOpensAnExpert() throws Exception {
    try (Workbench plain = run(braid())) {
      assertTrue(experts(plain).stream().noneMatch(name -> name.matches("scores|x")));
    }
  }

  @Test
  void aModelThatTheConfigurationNamesIsAnExpert() throws Exception {
    for (final String classes : new String[] {"", "up,down"}) {
      try (Workbench bench =
          run(
              braid(
                  "model.options.external",
                  "scores",
                  "schema.classes",
                  classes,
                  "schema.numeric",
                  classes.isEmpty() ? "" : "a"))) {
        assertTrue(experts(bench).contains("scores"), () -> "" + experts(bench));
        assertTrue(bench.figures().accuracy() > 0.9, () -> "" + bench.figures().accuracy());
      }
    }
  }

  @Test
  void aNameThatIsNoneIsRefusedAtTheStart() {
    assertThrows(ConfigException.class, () -> braid("model.options.external", "not a name"));
  }
}
