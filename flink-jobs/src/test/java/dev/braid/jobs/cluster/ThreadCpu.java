package dev.braid.jobs.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** CPU time of the threads of some processes, by the first letters of their names (Linux). */
final class ThreadCpu {
  /** Of {@code /proc/PID/task/TID/stat}, behind the name: user and system time. */
  private static final int USER = 11;

  private static final double TICKS_A_SECOND = 100;

  private final List<Long> processes;
  private Map<String, Double> begin = Map.of();

  ThreadCpu(final List<Long> processes) {
    this.processes = processes;
  }

  /** What is told counts from here on. */
  void begin() {
    begin = seconds();
  }

  private Map<String, Double> seconds() {
    final Map<String, Double> seconds = new HashMap<>();
    for (final long process : processes) {
      try (Stream<Path> threads = Files.list(Path.of("/proc/" + process + "/task"))) {
        threads.forEach(thread -> read(thread, seconds));
      } catch (final IOException gone) {
        // A process that has ended uses nothing.
      }
    }
    return seconds;
  }

  private static void read(final Path thread, final Map<String, Double> seconds) {
    try {
      final String stat = Files.readString(thread.resolve("stat"));
      final int name = stat.lastIndexOf(')');
      final String[] fields = stat.substring(name + 2).split(" ");
      final double used =
          (Double.parseDouble(fields[USER]) + Double.parseDouble(fields[USER + 1]))
              / TICKS_A_SECOND;
      seconds.put(stat.substring(stat.indexOf('(') + 1, name) + '\n' + thread, used);
    } catch (final IOException gone) {
      // A thread that has ended uses nothing.
    }
  }

  /**
   * The threads that used most since {@link #begin}, by name, in microseconds a row: {@code shards
   * (1/2)#0=12.3}.
   */
  String most(final double rows) {
    final Map<String, Double> byName = new TreeMap<>();
    seconds()
        .forEach(
            (thread, used) ->
                byName.merge(
                    thread.substring(0, thread.indexOf('\n')),
                    used - begin.getOrDefault(thread, 0.0),
                    Double::sum));
    return byName.entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .limit(12)
        .map(
            each ->
                String.format(Locale.ROOT, "%s=%.1f", each.getKey(), each.getValue() * 1e6 / rows))
        .collect(Collectors.joining(", "));
  }
}
