package dev.braid.jobs.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.jobs.config.JobConfig;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The job with a dense layer, from topic to topic, on sequences of tasks over digits. */
@Timeout(300)
class DenseTopologyTest {
  private static final int PER_TASK = 600;
  @TempDir static Path folder;
  private static Rig rig;

  @BeforeAll
  static void start() throws Exception {
    rig = Rig.start(folder);
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  private static JobConfig config(final String name, final String... more) throws Exception {
    final String[] dense = {
      "schema.numeric",
      String.join(",", DigitTasks.names()),
      "schema.classes",
      "0,1,2,3,4,5,6,7,8,9",
      "dense.layer",
      "expert=mlp(32)*4,learning-rate=0.005",
      "dense.batch",
      "16",
      "dense.backend",
      "java",
      "model.preset",
      "braid",
      "model.options.experts",
      "adaptive-tree(subspace=leaf)+naive-bayes(100|1000|10000)*3+last-label",
      "model.options.combine",
      "log-opinion-pool+stacking-net(hidden=16)"
    };
    final String[] all = Arrays.copyOf(dense, dense.length + more.length);
    System.arraycopy(more, 0, all, dense.length, more.length);
    return rig.configWithoutLearner(name, "digits", all);
  }

  @Test
  void aTaskKilledInMidBatchChangesNoBitOfThePredictions() throws Exception {
    final List<String> events = DigitTasks.events(PER_TASK);
    final JobConfig killed = config("killed", "dense.max-delay", "5 ms");
    final JobClient job = rig.run(killed, null);
    feed(events.subList(0, 700));
    rig.await("killed-predictions", 400);
    feed(events.subList(700, 1_030));
    rig.replaceTaskManager();
    feed(events.subList(1_030, events.size()));
    rig.await("killed-predictions", events.size());
    assertTrue(rig.restarts(job) >= 1, "restarts: " + rig.restarts(job));
    final Map<String, Number> load = rig.gauges(job, "dense.0.dense.");
    assertTrue(load.get("expert.dense3.load").longValue() > 0, load.toString());
    rig.stop(job);

    rig.runToEnd(config("undisturbed", "dense.max-delay", "1 min", "kafka.bounded", "true"));
    final List<String> predictions = rig.read("killed-predictions");
    assertEquals(Rows.ids(events), Rows.ids(predictions));
    assertEquals(rig.read("undisturbed-predictions"), predictions);
    assertEquals(0, rig.read("killed-dead-letters").size());
    for (int task = 0; task < 3; task++) {
      final double late =
          accuracy(events, predictions, task * PER_TASK + 300, (task + 1) * PER_TASK);
      assertTrue(late > 0.5, "accuracy late in task " + task + ": " + late);
    }
  }

  private static void feed(final List<String> events) throws InterruptedException {
    for (int i = 0; i < events.size(); i++) {
      rig.send("digits", events.get(i));
      if (i % 90 == 0) {
        rig.flush();
        Thread.sleep(20);
      }
    }
    rig.flush();
  }

  private static double accuracy(
      final List<String> events, final List<String> predictions, final int from, final int to) {
    int right = 0;
    for (int i = from; i < to; i++) {
      final String label = events.get(i).replaceFirst(".*\"label\":\"(.)\".*", "$1");
      right += predictions.get(i).contains("\"predicted\":\"" + label + "\"") ? 1 : 0;
    }
    return right / (double) (to - from);
  }
}
