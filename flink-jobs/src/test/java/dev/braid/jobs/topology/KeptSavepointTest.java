package dev.braid.jobs.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.jobs.config.JobConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The savepoints that are kept restore, and their models go on where they were. */
@Timeout(300)
class KeptSavepointTest {
  private static final int MORE = 100;

  @TempDir Path folder;
  private Rig rig;

  @BeforeEach
  void start() throws Exception {
    rig = Rig.start(folder);
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"driftmoe-data", "braid", KeptSavepoint.NUMBERS})
  void keptSavepointGoesOn(final String name) throws Exception {
    final JobConfig config = KeptSavepoint.config(rig, name);
    KeptSavepoint.send(rig, config);
    final JobClient job = rig.run(config, KeptSavepoint.folder().resolve(name).toString());
    final int first = KeptSavepoint.EVENTS;
    for (int i = first; i < first + MORE; i++) {
      rig.send(config.kafka().eventsTopic(), KeptSavepoint.event(config, i));
    }
    for (int late = KeptSavepoint.LATE_LABELS; late < first / 4; late++) {
      rig.send(config.kafka().labelsTopic(), KeptSavepoint.label(config, 4 * late));
    }
    rig.flush();
    rig.await(config.kafka().predictionsTopic(), MORE);
    final long labelled = first + MORE - MORE / 4;
    for (int tries = 0;
        tries < 600 && rig.gauges(job).get("labelled").longValue() < labelled;
        tries++) {
      Thread.sleep(100);
    }
    // The labels found the events that had waited in the savepoint.
    assertEquals(labelled, rig.gauges(job).get("labelled").longValue());
    assertEquals(MORE / 4, rig.gauges(job).get("pending").longValue());
    job.cancel().get();
    final List<String> predictions = rig.read(config.kafka().predictionsTopic());
    assertEquals(
        IntStream.range(first, first + MORE).mapToObj(i -> "e" + i).toList(),
        Rows.ids(predictions));
    assertEquals(0, rig.read(config.kafka().deadLettersTopic()).size());
    final int known =
        Integer.parseInt(predictions.get(0).replaceFirst(".*_version\":(\\d+).*", "$1"));
    assertTrue(known >= 76, predictions.get(0));
  }
}
