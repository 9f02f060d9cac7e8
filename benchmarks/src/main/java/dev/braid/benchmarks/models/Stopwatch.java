package dev.braid.benchmarks.models;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Locale;
import java.util.function.Consumer;
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

  private static final double SECONDS_BETWEEN_REPORTS = 10;

  private final ModelsCluster cluster;
  private final Consumer<String> progress;

  /**
   * @param progress told now and then how far a job is
   */
  Stopwatch(final ModelsCluster cluster, final Consumer<String> progress) {
    this.cluster = cluster;
    this.progress = progress;
  }

  /**
   * Runs a job until it gave out so many records and made its checkpoints, and stops it with a
   * savepoint.
   *
   * @param what the job is, in words
   * @param before records that come before those that count
   * @param wanted records of which the second half is measured: by then the code is compiled
   * @param leastSeconds from its first record on that the job runs at least
   */
  Figures run(
      final String what,
      final StreamExecutionEnvironment environment,
      final long before,
      final long wanted,
      final double leastSeconds)
      throws Exception {
    final long start = Tally.count();
    final long submitted = System.nanoTime();
    final JobClient job = environment.executeAsync("models");
    final Watch watch = new Watch(what, job, start, before + wanted);
    watch.await(1);
    final long first = System.nanoTime();
    watch.await(before + wanted / 2);
    final long half = Tally.count();
    final long middle = System.nanoTime();
    final long cpu = PROCESS.getProcessCpuTime();
    final long own = ownNanos();
    watch.await(before + wanted);
    final long measured = Tally.count() - half;
    final double rate = measured / seconds(middle);
    final double micros = (PROCESS.getProcessCpuTime() - cpu) / 1e3 / measured;
    final double ownMicros = (ownNanos() - own) / 1e3 / measured;
    while (cluster.checkpoints(job) < CHECKPOINTS || seconds(first) < leastSeconds) {
      watch.look("waits for its checkpoints");
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

  /** Waits for a job's records, says how many there are, and does not wait for a dead one. */
  private final class Watch {
    private final String what;
    private final JobClient job;
    private final long start;
    private final long all;
    private long lastCount;
    private long lastLook = System.nanoTime();

    Watch(final String what, final JobClient job, final long start, final long all) {
      this.what = what;
      this.job = job;
      this.start = start;
      this.all = all;
    }

    void await(final long count) throws Exception {
      while (Tally.count() - start < count) {
        look("");
        Thread.sleep(5);
      }
    }

    void look(final String also) throws Exception {
      final double since = seconds(lastLook);
      if (since < SECONDS_BETWEEN_REPORTS) {
        return;
      }
      if (job.getJobStatus().get().isGloballyTerminalState()) {
        throw new IllegalStateException("The job '" + what + "' failed: its log says why.");
      }
      final long count = Tally.count() - start;
      progress.accept(
          String.format(
              Locale.ROOT,
              "%s: %,d%s records, %,.0f a second%s",
              what,
              count,
              count < all ? String.format(Locale.ROOT, " of %,d", all) : "",
              (count - lastCount) / since,
              also.isEmpty() ? "" : "; " + also));
      lastCount = count;
      lastLook = System.nanoTime();
    }
  }
}
