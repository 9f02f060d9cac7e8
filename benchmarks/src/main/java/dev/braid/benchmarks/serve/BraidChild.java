package dev.braid.benchmarks.serve;

import dev.braid.jobs.cli.BraidCommandLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A command of {@code ./braid} in a process of its own. */
final class BraidChild implements AutoCloseable {
  private final Process process;
  private final Path said;

  private BraidChild(final Process process, final Path said) {
    this.process = process;
    this.said = said;
  }

  /**
   * @param said file for what it says
   * @param options of the JVM
   * @param arguments of the command, its name first
   */
  static BraidChild start(final Path said, final List<String> options, final List<String> arguments)
      throws IOException {
    final List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(
        List.of(
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            BraidCommandLine.class.getName()));
    command.addAll(arguments);
    return new BraidChild(
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start(),
        said);
  }

  /**
   * Waits until it has said something.
   *
   * @return the first group
   */
  String awaitSaid(final String pattern) throws IOException, InterruptedException {
    for (int tries = 0; tries < 1_200; tries++) {
      final Matcher found = Pattern.compile(pattern).matcher(Files.readString(said));
      if (found.find()) {
        return found.group(1);
      }
      if (!process.isAlive()) {
        break;
      }
      Thread.sleep(100);
    }
    throw new IOException("it does not say '" + pattern + "': " + Files.readString(said));
  }

  /**
   * Waits until it has ended.
   *
   * @return its exit code
   */
  int awaitEnd() throws InterruptedException {
    return process.waitFor();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (process.waitFor(20, TimeUnit.SECONDS)) {
        return;
      }
    } catch (final InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
