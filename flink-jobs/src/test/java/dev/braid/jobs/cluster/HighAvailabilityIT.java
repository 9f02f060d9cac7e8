package dev.braid.jobs.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With a ZooKeeper, the job outlives its job manager by itself. */
@Tag("long")
@Timeout(600)
class HighAvailabilityIT {

  @Test
  void killedJobManagerComesBackWithItsJob() throws Exception {
    try (ZooKeeper zooKeeper = ZooKeeper.start(ClusterRig.folder("zookeeper"));
        ClusterRig rig =
            ClusterRig.start("available", ClusterRig.SMALL, available(zooKeeper, "available"))) {
      final String job = rig.submit(rig.arguments("available", "available-events"));
      try (Traffic traffic = Traffic.start(rig.kafka(), "available-events", 6, 300)) {
        for (int i = 0; i < 2; i++) {
          rig.ledger().await("available-predictions", traffic.sent() + 300);
          rig.flink().killJobManager();
          rig.flink().startJobManager();
        }
        rig.ledger().await("available-predictions", traffic.sent() + 300);
        rig.ledger().await("available-predictions", traffic.finish());
      }
      rig.flink().awaitSlots();
      rig.flink().rest().cancel(job);
      rig.assertAsIfUndisturbed("available", "available-events");
    }
  }

  /** Flink's settings for a cluster that keeps its jobs in ZooKeeper. */
  static Map<String, String> available(final ZooKeeper zooKeeper, final String name)
      throws Exception {
    final Path storage = ClusterRig.folder(name + "-ha").toAbsolutePath();
    ClusterRig.delete(storage);
    return Map.of(
        "high-availability.type", "zookeeper",
        "high-availability.zookeeper.quorum", zooKeeper.address(),
        "high-availability.zookeeper.client.session-timeout", "6 s",
        "high-availability.zookeeper.client.connection-timeout", "3 s",
        "high-availability.storageDir", Files.createDirectories(storage).toUri().toString());
  }
}
