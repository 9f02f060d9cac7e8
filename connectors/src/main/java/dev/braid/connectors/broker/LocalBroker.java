package dev.braid.connectors.broker;

import java.nio.file.Path;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;

/**
 * A real Kafka broker in this JVM, alone and without a quorum beside it, on free ports of the
 * loopback interface. Topics are not created on their own. Starts in a few seconds.
 *
 * <p>Needs {@code org.apache.kafka:kafka_2.13} on the class path, which is optional here.
 */
public final class LocalBroker implements AutoCloseable {
  private final BrokerDirectory directory;
  private KafkaRaftServer server;

  private LocalBroker(final BrokerDirectory directory) {
    this.directory = directory;
  }

  /** Starts a broker in a temporary directory, which {@link #close} or the JVM's end deletes. */
  public static LocalBroker start() {
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
    if (server != null) {
      server.shutdown();
      server.awaitShutdown();
      server = null;
    }
  }

  /** Starts the broker again, on the same directory and ports, after {@link #stop}. */
  public synchronized void restart() {
    stop();
    server = new KafkaRaftServer(KafkaConfig.fromProps(directory.properties(), false), Time.SYSTEM);
    server.startup();
  }

  /** Ends the broker and deletes its directory if that was temporary. */
  @Override
  public synchronized void close() {
    stop();
    directory.deleteIfTemporary();
  }

  private LocalBroker opened() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "local-broker-exit"));
    try {
      restart();
    } catch (final RuntimeException | Error failed) {
      close();
      throw failed;
    }
    return this;
  }
}
