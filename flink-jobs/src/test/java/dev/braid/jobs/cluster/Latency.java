package dev.braid.jobs.cluster;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Milliseconds from the sending of an event to the reading of its prediction at an even load, and
 * how long the same job is away when its task manager dies or falls silent.
 */
final class Latency {
  private static final int WARM_UP_SECONDS = 60;
  private static final int AFTER_A_LOOK_SECONDS = 20;
  private static final int CALM_SECONDS = 40;
  private static final int KILLS = 3;
  private static final long PATIENCE_MILLIS = 180_000;

  private final ClusterFigures options;
  private volatile boolean ending;

  Latency(final ClusterFigures options) {
    this.options = options;
  }

  /** What one reader has seen: latencies, and the time of the youngest event answered. */
  static final class Reader implements Consumer<ConsumerRecord<byte[], byte[]>> {
    private final AtomicLong youngest = new AtomicLong();
    private final long[] latencies;
    private int count;
    private boolean counting;

    Reader(final int most) {
      latencies = new long[most];
    }

    @Override
    public synchronized void accept(final ConsumerRecord<byte[], byte[]> record) {
      final String json = new String(record.value(), StandardCharsets.UTF_8);
      final int from = json.indexOf("\"ts\":") + 5;
      final long sent = Long.parseLong(json.substring(from, json.indexOf(',', from)));
      youngest.accumulateAndGet(sent, Math::max);
      if (counting && count < latencies.length) {
        latencies[count++] = System.currentTimeMillis() - sent;
      }
    }

    synchronized void count(final boolean on) {
      counting = on;
    }

    synchronized String percentiles() {
      final long[] sorted = Arrays.copyOf(latencies, count);
      Arrays.sort(sorted);
      return String.format(
          Locale.ROOT,
          "events=%d p50=%dms p99=%dms",
          count,
          sorted[count / 2],
          sorted[(int) (count * 0.99)]);
    }
  }

  void measure() throws Exception {
    try (ClusterRig rig = ClusterRig.start("latency", List.of(), options.settings())) {
      final String job =
          rig.submit(
              rig.arguments(
                  "latency",
                  "latency-events",
                  Map.of(
                      "job.parallelism",
                      "1",
                      "model.preset",
                      options.preset,
                      "checkpoints.interval",
                      options.checkpointSeconds + " s")));
      final int span = WARM_UP_SECONDS + options.seconds;
      final Reader uncommitted = new Reader((int) (span * options.rate) + 1);
      final Reader committed = new Reader((int) (span * options.rate) + 1);
      final Thread traffic = new Thread(() -> keepSending(rig), "traffic");
      traffic.setDaemon(true);
      try (Follower one = follow(rig, "read_uncommitted", uncommitted);
          Follower two = follow(rig, "read_committed", committed)) {
        traffic.start();
        if (options.parts.contains(ClusterFigures.Part.LATENCY)) {
          latency(rig, one, uncommitted, committed);
        }
        if (options.parts.contains(ClusterFigures.Part.RECOVERY)) {
          two.await(1, PATIENCE_MILLIS);
          rig.flink().rest().awaitCheckpoint(job);
          recovery(rig, uncommitted, committed);
        }
        one.seen();
      } finally {
        ending = true;
        traffic.interrupt();
        traffic.join(10_000);
      }
    }
  }

  /** The stream may be over before the last fault is: then it begins again. */
  private void keepSending(final ClusterRig rig) {
    try {
      while (!ending) {
        Throughput.send(options, rig.kafka(), "latency-events", options.rate, Long.MAX_VALUE);
      }
    } catch (final RuntimeException interrupted) {
      if (!ending) {
        throw interrupted;
      }
    }
  }

  private static Follower follow(
      final ClusterRig rig, final String isolation, final Reader reader) {
    return Follower.start(rig.kafka(), "latency-predictions", isolation, reader);
  }

  private void latency(
      final ClusterRig rig,
      final Follower follower,
      final Reader uncommitted,
      final Reader committed)
      throws Exception {
    // To look at the heap holds the job up for a moment, which the warm-up's end makes good.
    Thread.sleep((WARM_UP_SECONDS - AFTER_A_LOOK_SECONDS) * 1_000L);
    final long eventsBefore = follower.seen();
    final String heapBefore = rig.flink().liveHeaps();
    Thread.sleep(AFTER_A_LOOK_SECONDS * 1_000L);
    uncommitted.count(true);
    committed.count(true);
    Thread.sleep(options.seconds * 1_000L);
    uncommitted.count(false);
    committed.count(false);
    final String load =
        String.format(
            Locale.ROOT, "rate=%.0f/s checkpoints=%ds", options.rate, options.checkpointSeconds);
    options.tell("latency: read_uncommitted " + load + " " + uncommitted.percentiles());
    options.tell("latency: read_committed " + load + " " + committed.percentiles());
    options.tell(
        String.format(
            Locale.ROOT,
            "heap: live %s after %d events, %s after %d",
            heapBefore,
            eventsBefore,
            rig.flink().liveHeaps(),
            follower.seen()));
  }

  private void recovery(final ClusterRig rig, final Reader uncommitted, final Reader committed)
      throws Exception {
    for (int i = 0; i < 2 * KILLS; i++) {
      settle(uncommitted);
      final boolean killed = i < KILLS;
      final int victim = rig.flink().busyTaskManager();
      final long begin = System.currentTimeMillis();
      if (killed) {
        rig.flink().taskManager(victim).kill();
      } else {
        rig.flink().taskManager(victim).stall();
      }
      final long visible = answered(uncommitted, begin);
      final long certain = answered(committed, begin);
      options.tell(
          String.format(
              Locale.ROOT,
              "recovery: task manager %s rate=%.0f/s checkpoints=%ds; an event sent after that is"
                  + " answered after %.1fs (read_uncommitted), %.1fs (read_committed)",
              killed ? "killed" : "silent",
              options.rate,
              options.checkpointSeconds,
              visible / 1e3,
              certain / 1e3));
      rig.flink().taskManager(victim).kill();
      rig.flink().startTaskManager(victim);
      rig.flink().awaitSlots();
    }
  }

  /**
   * Waits until the job has worked off what the last fault left, and then so long that the next one
   * has nothing to do with it: the pause before a restart is the first of its row again.
   */
  private static void settle(final Reader reader) throws Exception {
    final long begin = System.currentTimeMillis();
    while (System.currentTimeMillis() - reader.youngest.get() > 1_000) {
      if (System.currentTimeMillis() - begin > PATIENCE_MILLIS) {
        throw new AssertionError("the job does not catch up with its load; lower --rate");
      }
      Thread.sleep(100);
    }
    Thread.sleep(CALM_SECONDS * 1_000L);
  }

  /** Milliseconds until an event sent after a moment has its prediction. */
  private static long answered(final Reader reader, final long moment) throws Exception {
    while (reader.youngest.get() <= moment) {
      if (System.currentTimeMillis() - moment > PATIENCE_MILLIS) {
        throw new AssertionError("the job does not come back");
      }
      Thread.sleep(10);
    }
    return System.currentTimeMillis() - moment;
  }
}
