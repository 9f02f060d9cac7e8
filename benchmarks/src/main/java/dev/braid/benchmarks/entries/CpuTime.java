package dev.braid.benchmarks.entries;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.apache.flink.util.function.ThrowingRunnable;

/** CPU time of this process. */
final class CpuTime {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private CpuTime() {}

  /** Nanoseconds that a piece of work takes, of all threads. */
  static long of(final ThrowingRunnable<Exception> work) throws Exception {
    final long before = SYSTEM.getProcessCpuTime();
    work.run();
    return SYSTEM.getProcessCpuTime() - before;
  }
}
