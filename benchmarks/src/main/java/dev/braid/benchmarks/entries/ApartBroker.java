package dev.braid.benchmarks.entries;

import dev.braid.connectors.broker.LocalBroker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A broker in a process of its own, which ends with the process that started it. */
public final class ApartBroker implements AutoCloseable {
  private static final String READY = "broker at ";

  private final Process process;
  private final String bootstrapServers;

  private ApartBroker(final Process process, final String bootstrapServers) {
    this.process = process;
    this.bootstrapServers = bootstrapServers;
  }

  /** Starts it, and waits until it is ready. */
  public static ApartBroker start() throws IOException {
    final Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                ApartBroker.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    final BufferedReader said =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      if (line.startsWith(READY)) {
        return new ApartBroker(process, line.substring(READY.length()));
      }
    }
    throw new IOException("the broker's process ended before the broker was ready");
  }

  /** Runs in that process; its standard input ends with whoever started it. */
  public static void main(final String[] args) throws IOException {
    try (LocalBroker broker = LocalBroker.start()) {
      System.out.println(READY + broker.bootstrapServers());
      System.in.readAllBytes();
    }
  }

  /** Where it is. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  @Override
  public void close() {
    process.destroy();
  }
}
