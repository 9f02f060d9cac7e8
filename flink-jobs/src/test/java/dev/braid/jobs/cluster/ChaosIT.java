package dev.braid.jobs.cluster;

import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Minutes in which something is killed or stalled all the time. {@code -Dbraid.chaos.seconds} and
 * {@code -Dbraid.chaos.seed} choose other minutes.
 */
@Tag("long")
@Timeout(7_200)
class ChaosIT {
  private static final int SECONDS = Integer.getInteger("braid.chaos.seconds", 600);
  private static final long SEED = Long.getLong("braid.chaos.seed", 1);
  private static final long PATIENCE_MILLIS = 120_000;

  @Test
  void nothingIsLostDoubledOrChangedWhateverIsKilled() throws Exception {
    try (ZooKeeper zooKeeper = ZooKeeper.start(ClusterRig.folder("chaos-zookeeper"));
        ClusterRig rig =
            ClusterRig.start(
                "chaos", ClusterRig.SMALL, HighAvailabilityIT.available(zooKeeper, "chaos"))) {
      final String job = rig.submit(rig.arguments("chaos", "chaos-events"));
      final int all;
      try (Traffic traffic = Traffic.start(rig.kafka(), "chaos-events", 6, 300);
          Follower committed =
              Follower.start(rig.kafka(), "chaos-predictions", "read_committed", record -> {})) {
        committed.await(600, PATIENCE_MILLIS);
        strike(rig, traffic, committed);
        all = traffic.finish();
        committed.await(all, PATIENCE_MILLIS);
      }
      rig.flink().awaitSlots();
      rig.flink().rest().cancel(job);
      final Ledger.Balance balance = rig.ledger().balance("chaos-events", "chaos");
      System.out.println("chaos: " + balance);
      rig.assertAsIfUndisturbed("chaos", "chaos-events");
    }
  }

  private static void strike(final ClusterRig rig, final Traffic traffic, final Follower committed)
      throws Exception {
    final Chaos chaos = new Chaos(rig, SEED, 20, 40);
    final long begin = System.currentTimeMillis();
    for (int fault = 1; System.currentTimeMillis() - begin < SECONDS * 1_000L; fault++) {
      final long struck = System.currentTimeMillis();
      final int sent = traffic.sent();
      final String what = chaos.strike();
      committed.await(sent + 1L, PATIENCE_MILLIS);
      System.out.printf(
          Locale.ROOT,
          "chaos: fault %d at %d s: %s; predictions of later events are committed after %.1f s;"
              + " live heap %s%n",
          fault,
          (struck - begin) / 1_000,
          what,
          (System.currentTimeMillis() - struck) / 1e3,
          rig.flink().liveHeaps());
      Thread.sleep(Math.max(0, struck + chaos.pause() - System.currentTimeMillis()));
      rig.flink().replaceTheDead();
    }
  }
}
