package dev.braid.connectors.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;

/**
 * A real Kafka broker as a process of its own, with this JVM's class path, so that a test can kill
 * it as a crash would. Otherwise as {@link LocalBroker}.
 */
public final class BrokerProcess implements AutoCloseable {
  private static final int START_SECONDS = 60;

  private final BrokerDirectory directory;
  private Process process;
  private AtExit atExit;

  private BrokerProcess(final BrokerDirectory directory) {
    this.directory = directory;
  }

  /** Starts a broker in a temporary directory, which {@link #close} or the JVM's end deletes. */
  public static BrokerProcess start() {
    final BrokerProcess broker = new BrokerProcess(BrokerDirectory.temporary());
    broker.atExit = AtExit.run("broker-process-exit", broker::close);
    try {
      broker.restart();
    } catch (final RuntimeException failed) {
      broker.close();
      throw failed;
    }
    return broker;
  }

  /** Host and port for Kafka clients, the same for the broker's whole life. */
  public String bootstrapServers() {
    return directory.bootstrapServers();
  }

  /**
   * The process of the running broker, for a test that stalls it.
   *
   * @throws IllegalStateException if it was killed and not started again
   */
  public synchronized long pid() {
    if (process == null) {
      throw new IllegalStateException("the broker does not run");
    }
    return process.pid();
  }

  /** Ends the process at once, as a crash would, leaving its directory as it is. */
  public synchronized void kill() {
    if (process != null) {
      process.destroyForcibly().onExit().join();
      process = null;
    }
  }

  /**
   * Starts the broker again on the same directory and ports, and waits until it answers.
   *
   * @throws IllegalStateException with the end of the broker's log if it does not come up
   */
  public synchronized void restart() {
    kill();
    final Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    try {
      process =
          new ProcessBuilder(
                  java.toString(),
                  "-Xmx512m",
                  "-XX:+UseSerialGC",
                  "-cp",
                  System.getProperty("java.class.path"),
                  "kafka.Kafka",
                  directory.configuration().toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.log().toFile()))
              .start();
    } catch (final IOException e) {
      throw new UncheckedIOException("cannot start a process for the broker", e);
    }
    awaitAnswer();
  }

  /** Ends the process and deletes the broker's directory. */
  @Override
  public synchronized void close() {
    kill();
    directory.deleteIfTemporary();
    atExit.close();
  }

  private void awaitAnswer() {
    final Map<String, Object> config =
        Map.of(
            "bootstrap.servers",
            bootstrapServers(),
            "reconnect.backoff.max.ms",
            "200",
            "default.api.timeout.ms",
            START_SECONDS * 1000,
            "request.timeout.ms",
            5000);
    try (Admin admin = Admin.create(config)) {
      final var answer = admin.describeCluster().nodes().toCompletionStage().toCompletableFuture();
      final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
      while (!answer.isDone()) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new IllegalStateException("the broker did not come up; its log ends: " + tail());
        }
        waitBriefly(answer);
      }
    }
  }

  private static void waitBriefly(final CompletableFuture<?> answer) {
    try {
      answer.get(100, TimeUnit.MILLISECONDS);
    } catch (final TimeoutException notYet) {
      return;
    } catch (final InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the broker starts", e);
    } catch (final ExecutionException e) {
      throw new IllegalStateException("the broker does not answer", e);
    }
  }

  private String tail() {
    try {
      final List<String> lines = Files.readAllLines(directory.log(), StandardCharsets.UTF_8);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    } catch (final IOException e) {
      return "(unreadable: " + e.getMessage() + ")";
    }
  }
}
