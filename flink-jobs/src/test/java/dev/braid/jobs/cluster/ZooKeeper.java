package dev.braid.jobs.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A ZooKeeper server as a process of its own: the one that Flink brings along. */
final class ZooKeeper implements AutoCloseable {
  private static final String MAIN =
      "org.apache.flink.shaded.zookeeper3.org.apache.zookeeper.server.ZooKeeperServerMain";

  private final JavaProcess process;
  private final int port;

  private ZooKeeper(final JavaProcess process, final int port) {
    this.process = process;
    this.port = port;
  }

  static ZooKeeper start(final Path folder) throws Exception {
    ClusterRig.delete(folder);
    final Path absolute = Files.createDirectories(folder).toAbsolutePath();
    final int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    final Path configuration = absolute.resolve("zoo.cfg");
    Files.writeString(
        configuration,
        "clientPort="
            + port
            + "\nclientPortAddress=127.0.0.1\ntickTime=500\nmaxSessionTimeout=60000\ndataDir="
            + absolute.resolve("data")
            + "\nadmin.enableServer=false\n",
        StandardCharsets.UTF_8);
    final JavaProcess process =
        JavaProcess.start(
            absolute.resolve("zookeeper.log"),
            Map.of(),
            List.of(
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-cp",
                // The server needs more than Flink's own libraries.
                System.getProperty("java.class.path"),
                MAIN,
                configuration.toString()));
    final ZooKeeper started = new ZooKeeper(process, port);
    started.awaitAnswer();
    return started;
  }

  private void awaitAnswer() throws Exception {
    for (int tries = 0; tries < 300; tries++) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        return;
      } catch (final IOException notYet) {
        Thread.sleep(100);
      }
    }
    throw new AssertionError("ZooKeeper does not answer: " + process.output());
  }

  /** Host and port. */
  String address() {
    return "127.0.0.1:" + port;
  }

  @Override
  public void close() {
    process.kill();
  }
}
