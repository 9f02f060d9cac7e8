package dev.braid.connectors.broker;

import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Time;

/**
 * A real Kafka broker in this JVM, alone and without a quorum beside it, on free ports of the
 * loopback interface. Topics are not created on their own. Starts in a few seconds.
 *
 * <p>Needs {@code org.apache.kafka:kafka_2.13} on the class path, which is optional here.
 */
public final class LocalBroker implements AutoCloseable {
  private final BrokerDirectory directory;
  private final AtExit atExit = AtExit.run("local-broker-exit", this::close);
  private final AtomicBoolean gaveUp = new AtomicBoolean();
  private KafkaRaftServer server;

  private LocalBroker(final BrokerDirectory directory) {
    this.directory = directory;
  }

  /** How often a new broker looks for ports that nobody takes in between. */
  private static final int TRIES = 5;

  /**
   * Starts a broker in a temporary directory, which {@link #close} or the JVM's end deletes.
   *
   * @throws java.io.UncheckedIOException if the directory for temporary files has no room for it
   */
  public static LocalBroker start() {
    for (int left = TRIES; left > 1; left--) {
      try {
        return new LocalBroker(BrokerDirectory.temporary()).opened();
      } catch (final KafkaException refused) {
        if (!refused.getMessage().contains("failed to bind")) {
          throw refused;
        }
        // Another process took a port between the choice and the start.
      }
    }
    return new LocalBroker(BrokerDirectory.temporary()).opened();
  }

  /**
   * Starts a broker in a directory that stays: on an empty one a new broker, otherwise the one that
   * lived there, on the same ports and with the same topics.
   *
   * @throws java.io.UncheckedIOException if the directory cannot be used
   */
  public static LocalBroker start(final Path directory) {
    return new LocalBroker(BrokerDirectory.at(directory)).opened();
  }

  /** Host and port for Kafka clients, the same for the broker's whole life. */
  public String bootstrapServers() {
    return directory.bootstrapServers();
  }

  /** Shuts the broker down in good order; its directory stays for {@link #restart}. */
  public synchronized void stop() {
    if (server != null && gaveUp.get()) {
      server = null; // It waits for threads that never end.
    } else if (server != null) {
      server.shutdown();
      server.awaitShutdown();
      server = null;
    }
  }

  /** Starts the broker again, on the same directory and ports, after {@link #stop}. */
  public synchronized void restart() {
    stop();
    // A broker that cannot write any more halts the JVM, without a word but in its log.
    Exit.setHaltProcedure(this::giveUp);
    final Properties properties = directory.properties();
    if (directory.isTemporary()) {
      // It does not outlive a crash, so that on a busy machine its own session may last.
      properties.setProperty("broker.session.timeout.ms", "60000");
    }
    server = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
    server.startup();
  }

  /** Says why the broker halts, and ends the JVM in good order instead. */
  private void giveUp(final int code, final String message) {
    if (gaveUp.compareAndSet(false, true)) {
      System.err.println("braid: " + directory.explain());
      new Thread(() -> System.exit(code == 0 ? 1 : code), "broker-gave-up").start();
    }
    while (true) {
      LockSupport.park();
    }
  }

  /** Ends the broker and deletes its directory if that was temporary. */
  @Override
  public synchronized void close() {
    stop();
    directory.deleteIfTemporary();
    atExit.close();
  }

  private LocalBroker opened() {
    try {
      restart();
    } catch (final RuntimeException | Error failed) {
      close();
      throw failed;
    }
    return this;
  }
}
