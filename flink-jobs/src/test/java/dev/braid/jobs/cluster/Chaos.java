package dev.braid.jobs.cluster;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** Kills and stalls one part of the cluster after the other, by a schedule made from a seed. */
final class Chaos {
  private final ClusterRig rig;
  private final SplittableRandom random;
  private final int shortestPause;
  private final int longestPause;
  private final Deque<Kind> next = new ArrayDeque<>();

  /** What can happen. */
  private enum Kind {
    TASK_MANAGER_KILLED,
    JOB_MANAGER_KILLED,
    BROKER_KILLED,
    TASK_MANAGER_STALLED,
    BROKER_STALLED
  }

  /**
   * @param rig whose cluster is highly available, so that its job comes back by itself
   * @param shortestPause seconds from one fault to the next, at least
   * @param longestPause seconds from one fault to the next, at most
   */
  Chaos(final ClusterRig rig, final long seed, final int shortestPause, final int longestPause) {
    this.rig = rig;
    this.random = new SplittableRandom(seed);
    this.shortestPause = shortestPause;
    this.longestPause = longestPause;
  }

  /** Milliseconds from the last fault's begin to the next one's. */
  long pause() {
    return 1_000L * random.nextInt(shortestPause, longestPause + 1);
  }

  /**
   * One fault, from its begin to the return of what was hit.
   *
   * @return what it was
   */
  String strike() throws Exception {
    if (next.isEmpty()) {
      shuffle();
    }
    final Kind kind = next.remove();
    final int victim = random.nextInt(2);
    final long millis = random.nextInt(500, 4_000);
    final FlinkCluster flink = rig.flink();
    switch (kind) {
      case TASK_MANAGER_KILLED -> {
        flink.taskManager(victim).kill();
        Thread.sleep(millis);
        flink.startTaskManager(victim);
      }
      case JOB_MANAGER_KILLED -> {
        flink.killJobManager();
        Thread.sleep(millis);
        flink.startJobManager();
      }
      case BROKER_KILLED -> {
        rig.broker().kill();
        Thread.sleep(millis);
        rig.broker().restart();
      }
      case TASK_MANAGER_STALLED -> {
        flink.taskManager(victim).stall();
        Thread.sleep(8_000 + millis);
        flink.taskManager(victim).resume();
      }
      case BROKER_STALLED -> {
        Signals.stop(rig.broker().pid());
        Thread.sleep(2 * millis);
        Signals.go(rig.broker().pid());
      }
    }
    return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** Every kind once, in an order by chance. */
  private void shuffle() {
    final List<Kind> left = new ArrayList<>(List.of(Kind.values()));
    while (!left.isEmpty()) {
      next.add(left.remove(random.nextInt(left.size())));
    }
  }
}
