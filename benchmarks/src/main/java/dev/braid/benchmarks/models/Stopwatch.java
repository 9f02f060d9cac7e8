package dev.braid.benchmarks.models;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStats;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Runs jobs on a cluster in this process and measures them. */
final class Stopwatch {
  /** Checkpoints that a job makes at least; the first after a restore writes all there is. */
  private static final int CHECKPOINTS = 2;

  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final ModelsCluster cluster;

  Stopwatch(final ModelsCluster cluster) {
    this.cluster = cluster;
  }

  /**
   * Runs a job until it gave out so many records and made its checkpoints, and stops it with a
   * savepoint.
   *
   * @param before records that come before those that count
   * @param wanted records of which the second half is measured: by then the code is compiled
   * @param leastSeconds from its first record on that the job runs at least
   */
  Figures run(
      final StreamExecutionEnvironment environment,
      final long before,
      final long wanted,
      final double leastSeconds)
      throws Exception {
    final long start = Tally.count();
    final long submitted = System.nanoTime();
    final JobClient job = environment.executeAsync("models");
    await(start + 1);
    final long first = System.nanoTime();
    await(start + before + wanted / 2);
    final long half = Tally.count();
    final long middle = System.nanoTime();
    final long cpu = PROCESS.getProcessCpuTime();
    final long own = ownNanos();
    await(start + before + wanted);
    final long measured = Tally.count() - half;
    final double rate = measured / seconds(middle);
    final double micros = (PROCESS.getProcessCpuTime() - cpu) / 1e3 / measured;
    final double ownMicros = (ownNanos() - own) / 1e3 / measured;
    while (cluster.checkpoints(job) < CHECKPOINTS || seconds(first) < leastSeconds) {
      Thread.sleep(100);
    }
    final CompletedCheckpointStats checkpoint = cluster.lastCheckpoint(job);
    System.gc();
    final long heap = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    final long stopping = System.nanoTime();
    final String savepoint = cluster.stop(job);
    return new Figures(
        rate,
        micros,
        ownMicros,
        (first - submitted) / 1e9,
        checkpoint,
        seconds(stopping),
        heap,
        savepoint);
  }

  /** CPU time of the threads that run the learners, or what is in their place. */
  private static long ownNanos() {
    long nanos = 0;
    for (final ThreadInfo thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
      if (thread != null && thread.getThreadName().startsWith(ModelsJob.OPERATOR)) {
        nanos += Math.max(0, THREADS.getThreadCpuTime(thread.getThreadId()));
      }
    }
    return nanos;
  }

  private static double seconds(final long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  private static void await(final long count) throws InterruptedException {
    while (Tally.count() < count) {
      Thread.sleep(5);
    }
  }
}
