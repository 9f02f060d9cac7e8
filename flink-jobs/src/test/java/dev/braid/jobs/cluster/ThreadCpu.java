package dev.braid.jobs.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** CPU seconds of the threads of some processes, by the first letters of their names (Linux). */
final class ThreadCpu implements AutoCloseable {
  private static final long MILLIS = 100;

  /** Of {@code /proc/PID/task/TID/stat}, behind the name: user and system time. */
  private static final int USER = 11;

  private static final double TICKS_A_SECOND = 100;

  private final List<Long> processes;
  private final Map<String, Double> seconds = new ConcurrentHashMap<>();
  private final Thread sampler = new Thread(this::sample, "thread-cpu");
  private volatile boolean ends;

  ThreadCpu(final List<Long> processes) {
    this.processes = processes;
    sampler.setDaemon(true);
    sampler.start();
  }

  private void sample() {
    while (!ends) {
      for (final long process : processes) {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + process + "/task"))) {
          threads.forEach(this::read);
        } catch (final IOException gone) {
          return;
        }
      }
      try {
        Thread.sleep(MILLIS);
      } catch (final InterruptedException stopped) {
        return;
      }
    }
  }

  private void read(final Path thread) {
    try {
      final String stat = Files.readString(thread.resolve("stat"));
      final int name = stat.lastIndexOf(')');
      final String[] fields = stat.substring(name + 2).split(" ");
      final double used =
          (Double.parseDouble(fields[USER]) + Double.parseDouble(fields[USER + 1]))
              / TICKS_A_SECOND;
      seconds.put(stat.substring(stat.indexOf('(') + 1, name) + '\n' + thread, used);
    } catch (final IOException gone) {
      // A thread that has ended keeps what was read of it last.
    }
  }

  /** The threads that used most, by name: {@code shards (1/2)#0=12.3s}. */
  String most() {
    final Map<String, Double> byName = new TreeMap<>();
    seconds.forEach(
        (thread, used) ->
            byName.merge(thread.substring(0, thread.indexOf('\n')), used, Double::sum));
    return byName.entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .limit(10)
        .map(each -> String.format(Locale.ROOT, "%s=%.1fs", each.getKey(), each.getValue()))
        .collect(Collectors.joining(", "));
  }

  @Override
  public void close() {
    ends = true;
  }
}
