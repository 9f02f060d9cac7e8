package dev.braid.jobs.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A JVM of its own, which a test can kill and stall as a machine would. */
final class JavaProcess {
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> RUNNING.forEach(Process::destroyForcibly), "java-process-exit"));
  }

  /** The last line of a class histogram: Total, instances, bytes. */
  private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

  private final Process process;
  private final Path log;

  private JavaProcess(final Process process, final Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts a JVM.
   *
   * @param log where its output is appended
   * @param environment variables added to those of this process
   * @param arguments of {@code java}
   */
  static JavaProcess start(
      final Path log, final Map<String, String> environment, final List<String> arguments)
      throws IOException {
    final List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(arguments);
    final ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    final Process process = builder.start();
    RUNNING.add(process);
    return new JavaProcess(process, log);
  }

  boolean alive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** Ends the process at once, as {@code kill -9}; nothing in it runs any more. */
  void kill() {
    process.destroyForcibly().onExit().join();
    RUNNING.remove(process);
  }

  /** Stalls the process: it keeps its memory and its connections, and does nothing. */
  void stall() throws Exception {
    Signals.stop(process.pid());
  }

  /** Lets a stalled process go on. */
  void resume() throws Exception {
    Signals.go(process.pid());
  }

  /**
   * Collects the garbage of the process's heap.
   *
   * @return bytes that are left, or -1 where the process does not tell
   */
  long liveBytes() throws IOException, InterruptedException {
    final Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(process.pid()),
                "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    final String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    jcmd.waitFor();
    final Matcher total = TOTAL.matcher(said);
    return total.find() ? Long.parseLong(total.group(1)) : -1;
  }

  /**
   * Waits for the end of a process that ends by itself.
   *
   * @return its exit code
   */
  int await(final long seconds) throws InterruptedException {
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      kill();
      throw new AssertionError("not done after " + seconds + " s: " + output());
    }
    RUNNING.remove(process);
    return process.exitValue();
  }

  /** What the process has said so far. */
  String output() {
    try {
      return Files.readString(log, StandardCharsets.UTF_8);
    } catch (final IOException e) {
      return "(" + log + " cannot be read: " + e.getMessage() + ")";
    }
  }
}
