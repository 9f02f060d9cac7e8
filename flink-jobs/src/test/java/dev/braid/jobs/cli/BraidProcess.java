package dev.braid.jobs.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A command as its user runs it: a process of its own, with a folder for temporary files. */
final class BraidProcess implements AutoCloseable {
  private static final String LISTENS = "0A";

  private final Process process;
  private final Path said;

  private BraidProcess(final Process process, final Path said) {
    this.process = process;
    this.said = said;
  }

  /**
   * @param temporary made when it is not there; nothing else uses it
   */
  static BraidProcess start(final Path temporary, final String... arguments) throws IOException {
    return start(temporary, List.of(), arguments);
  }

  static BraidProcess start(final Path temporary, final List<String> jvm, final String... arguments)
      throws IOException {
    Files.createDirectories(temporary);
    final Path said = Files.createTempFile("braid-said", ".txt");
    final List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx768m",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "-Djava.io.tmpdir=" + temporary));
    command.addAll(jvm);
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), BraidCommandLine.class.getName()));
    command.addAll(List.of(arguments));
    final ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
    return new BraidProcess(builder.start(), said);
  }

  boolean alive() {
    return process.isAlive();
  }

  /** All that it has printed. */
  String said() throws IOException {
    return Files.readString(said, StandardCharsets.UTF_8);
  }

  /** Waits until it has printed something. */
  void awaitSaid(final String text) throws Exception {
    for (int tries = 0; tries < 1200; tries++) {
      if (said().contains(text)) {
        return;
      }
      if (!alive()) {
        break;
      }
      Thread.sleep(50);
    }
    throw new AssertionError("it never said '" + text + "': " + said());
  }

  /** As Ctrl-C does. */
  void interrupt() throws Exception {
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
  }

  /**
   * Waits for its end.
   *
   * @return its exit code
   */
  int await() throws Exception {
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      throw new AssertionError("it does not end: " + said());
    }
    return process.exitValue();
  }

  /**
   * Where it listens now, as the kernel says: addresses in hexadecimal, each with its port. Empty
   * when it is gone.
   */
  Set<String> listens() throws IOException {
    final Set<String> inodes;
    try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
      inodes = open.map(BraidProcess::target).collect(Collectors.toSet());
    } catch (final IOException gone) {
      return Set.of();
    }
    final Set<String> found = new TreeSet<>();
    for (final String table : List.of("tcp", "tcp6")) {
      for (final String line : Files.readAllLines(Path.of("/proc/net", table))) {
        final String[] cells = line.trim().split("\\s+");
        if (cells.length > 9
            && cells[3].equals(LISTENS)
            && inodes.contains("socket:[" + cells[9] + "]")) {
          found.add(cells[1]);
        }
      }
    }
    return found;
  }

  private static String target(final Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (final IOException closed) {
      return "";
    }
  }

  /** Whether an address as the kernel writes it is one of the loopback interface. */
  static boolean isLoopback(final String address) {
    final String ip = address.substring(0, address.indexOf(':'));
    return ip.equals("00000000000000000000000001000000")
        || ip.matches("(0{16}FFFF0000)?[0-9A-F]{6}7F");
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly().onExit().join();
    Files.deleteIfExists(said);
  }
}
