package dev.braid.connectors.broker;

import dev.braid.connectors.kafka.BrokerException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Properties;
import java.util.stream.Stream;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;

/**
 * The directory a broker lives in: its configuration, ports included, and its data. A broker
 * started again on the same directory is the same broker.
 */
final class BrokerDirectory {
  private static final String HOST = "127.0.0.1";

  /** The first segments of the broker's own topics take some 50 MB. */
  private static final long ROOM = 64L << 20;

  private static final String ELSEWHERE =
      "Name another with BRAID_JAVA_OPTS=-Djava.io.tmpdir=FOLDER, or free some space";

  private final Path directory;
  private final boolean temporary;

  private BrokerDirectory(final Path directory, final boolean temporary) {
    this.directory = directory;
    this.temporary = temporary;
  }

  /** A new directory that {@link #deleteIfTemporary} takes away. */
  static BrokerDirectory temporary() {
    try {
      final BrokerDirectory made =
          new BrokerDirectory(Files.createTempDirectory("braid-broker"), true);
      try {
        made.requireRoom();
        return made.prepared();
      } catch (final IOException | RuntimeException failed) {
        made.deleteIfTemporary();
        throw failed;
      }
    } catch (final IOException e) {
      throw new BrokerException(
          "The folder for temporary files, "
              + System.getProperty("java.io.tmpdir")
              + ", cannot be used for the broker: "
              + e.getMessage()
              + ". "
              + ELSEWHERE,
          e);
    }
  }

  /** A directory that stays; made ready for a broker unless it held one before. */
  static BrokerDirectory at(final Path directory) {
    try {
      Files.createDirectories(directory);
      return new BrokerDirectory(directory, false).prepared();
    } catch (final IOException e) {
      throw new UncheckedIOException("cannot use " + directory + " for the broker", e);
    }
  }

  boolean isTemporary() {
    return temporary;
  }

  Path configuration() {
    return directory.resolve("server.properties");
  }

  Path log() {
    return directory.resolve("broker.log");
  }

  Properties properties() {
    final Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(configuration(), StandardCharsets.UTF_8)) {
      properties.load(in);
    } catch (final IOException e) {
      throw new UncheckedIOException("cannot read " + configuration(), e);
    }
    return properties;
  }

  String bootstrapServers() {
    return properties().getProperty("advertised.listeners").replace("PLAINTEXT://", "");
  }

  void deleteIfTemporary() {
    if (!temporary || !Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (final Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (final IOException e) {
      throw new UncheckedIOException("cannot delete " + directory, e);
    }
  }

  private void requireRoom() throws IOException {
    final long room = Files.getFileStore(directory).getUsableSpace();
    if (room < ROOM) {
      throw new IOException((room >> 20) + " MB are left on its disk, " + (ROOM >> 20) + " needed");
    }
  }

  /** Why a broker that worked here may have given up, in one sentence. */
  String explain() {
    try {
      final long room = Files.getFileStore(directory).getUsableSpace();
      if (room < 1 << 20) {
        return "The disk of " + directory + " is full, so the broker gave up. " + ELSEWHERE + ".";
      }
    } catch (final IOException gone) {
      // Said below.
    }
    return "The broker cannot write to " + directory + " any more, and gave up; see its log.";
  }

  private BrokerDirectory prepared() throws IOException {
    if (!Files.exists(configuration())) {
      try (Writer out = Files.newBufferedWriter(configuration(), StandardCharsets.UTF_8)) {
        newConfiguration().store(out, "Braid's local broker");
      }
      format();
    }
    return this;
  }

  private Properties newConfiguration() throws IOException {
    final Properties p = new Properties();
    final int brokerPort;
    final int controllerPort;
    // Both are held until both are known, or they might be the same.
    try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket second = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      brokerPort = first.getLocalPort();
      controllerPort = second.getLocalPort();
    }
    p.setProperty("process.roles", "broker,controller");
    p.setProperty("node.id", "1");
    p.setProperty("controller.quorum.voters", "1@" + HOST + ":" + controllerPort);
    p.setProperty("controller.listener.names", "CONTROLLER");
    p.setProperty("inter.broker.listener.name", "PLAINTEXT");
    p.setProperty(
        "listeners",
        "PLAINTEXT://" + HOST + ":" + brokerPort + ",CONTROLLER://" + HOST + ":" + controllerPort);
    p.setProperty("advertised.listeners", "PLAINTEXT://" + HOST + ":" + brokerPort);
    p.setProperty("log.dirs", directory.resolve("data").toAbsolutePath().toString());
    // One broker is all there is, so one replica must do.
    p.setProperty("default.replication.factor", "1");
    p.setProperty("offsets.topic.replication.factor", "1");
    p.setProperty("transaction.state.log.replication.factor", "1");
    p.setProperty("transaction.state.log.min.isr", "1");
    p.setProperty("share.coordinator.state.topic.replication.factor", "1");
    p.setProperty("share.coordinator.state.topic.min.isr", "1");
    // A demo's load needs few partitions, threads and buffers.
    p.setProperty("offsets.topic.num.partitions", "4");
    p.setProperty("transaction.state.log.num.partitions", "4");
    p.setProperty("num.network.threads", "2");
    p.setProperty("num.io.threads", "4");
    p.setProperty("background.threads", "2");
    p.setProperty("log.cleaner.dedupe.buffer.size", "4194304");
    p.setProperty("group.initial.rebalance.delay.ms", "0");
    // Room for the largest record that a dead letter may have to carry, and some for its headers.
    p.setProperty("message.max.bytes", Integer.toString((16 << 20) + (1 << 16)));
    // After a crash the same broker may come back as soon as its old session has run out.
    p.setProperty("broker.session.timeout.ms", "3000");
    p.setProperty("broker.heartbeat.interval.ms", "500");
    // A transaction that nobody ends is given up when its time is over, not seconds later.
    p.setProperty("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
    p.setProperty("log.retention.ms", "-1");
    // A misspelt topic should be an error, not a new topic.
    p.setProperty("auto.create.topics.enable", "false");
    return p;
  }

  private void format() {
    final ByteArrayOutputStream output = new ByteArrayOutputStream();
    final int code =
        StorageTool.execute(
            new String[] {
              "format",
              "--cluster-id",
              Uuid.randomUuid().toString(),
              "--config",
              configuration().toString()
            },
            new PrintStream(output, true, StandardCharsets.UTF_8));
    if (code != 0) {
      throw new IllegalStateException(
          "the broker's directory "
              + directory
              + " could not be formatted: "
              + output.toString(StandardCharsets.UTF_8).trim());
    }
  }
}
