package dev.braid.jobs.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.connectors.kafka.BrokerException;
import dev.braid.jobs.config.JobConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An output topic that takes no record of the job. */
@Timeout(400)
class NarrowTopicTest {
  @TempDir Path folder;

  @Test
  void topicThatIsTooNarrowAtTheStartIsRefusedAndOneThatBecomesSoHoldsTheJobUpUntilItIsPutRight()
      throws Exception {
    try (Rig rig = Rig.start(folder);
        LogWatch log = LogWatch.start()) {
      final JobConfig config = rig.config("narrow", "narrow-events");
      final String metrics = config.kafka().metricsTopic();
      setMaxBytes(rig, metrics, 1_000);
      final BrokerException refused =
          assertThrows(BrokerException.class, () -> rig.run(config, null));
      assertTrue(
          refused.getMessage().startsWith("topic " + metrics + " at "), refused.getMessage());
      assertTrue(refused.getMessage().contains("max.message.bytes"), refused.getMessage());

      setMaxBytes(rig, metrics, 1 << 20);
      final JobClient job = rig.run(config, null);
      send(rig, 0, 100);
      rig.await("narrow-predictions", 100);
      setMaxBytes(rig, "narrow-predictions", 100);
      send(rig, 100, 200);
      for (int tries = 0; tries < 1_200 && rig.restarts(job) < 2; tries++) {
        Thread.sleep(100);
      }
      assertTrue(rig.restarts(job) >= 2, "the job goes on as if nothing were wrong");
      setMaxBytes(rig, "narrow-predictions", 1 << 20);
      rig.await("narrow-predictions", 200);
      job.cancel().get();
      assertEquals(
          new TreeSet<>(IntStream.range(0, 200).mapToObj(i -> "e" + i).toList()),
          new TreeSet<>(Rows.ids(rig.read("narrow-predictions"))));
      assertEquals(200, rig.read("narrow-predictions").size());
      assertFalse(log.text().contains("did not exit gracefully"), "a task manager is given up");
      assertFalse(log.text().contains("TaskManager #0 failed"), "a task manager is given up");
    }
  }

  private static void send(final Rig rig, final int from, final int to) {
    for (int i = from; i < to; i++) {
      rig.send("narrow-events", Rows.event(i, ""));
    }
    rig.flush();
  }

  private static void setMaxBytes(final Rig rig, final String topic, final int bytes)
      throws Exception {
    final ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    final AlterConfigOp set =
        new AlterConfigOp(
            new ConfigEntry("max.message.bytes", Integer.toString(bytes)),
            AlterConfigOp.OpType.SET);
    try (Admin admin = Admin.create(rig.kafka().client(Map.of()))) {
      admin.incrementalAlterConfigs(Map.of(resource, List.of(set))).all().get();
    }
  }
}
