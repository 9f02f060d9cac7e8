package dev.braid.jobs.cli;

import dev.braid.connectors.broker.AtExit;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ExceptionUtils;
import org.apache.flink.util.FileUtils;
import org.apache.flink.util.NetUtils;

/** A Flink cluster in this process, with Flink's web page. */
public final class LocalCluster implements AutoCloseable {
  /** Memory for RocksDB unless told otherwise. */
  public static final MemorySize MANAGED = MemorySize.ofMebiBytes(256);

  private static final String LOOPBACK = InetAddress.getLoopbackAddress().getHostAddress();

  private final MiniCluster cluster;
  private final Path temporary;
  private final AtExit atExit = AtExit.run("local-cluster-exit", this::close);
  private URI address;

  private LocalCluster(final MiniCluster cluster, final Path temporary) {
    this.cluster = cluster;
    this.temporary = temporary;
  }

  /**
   * Starts a cluster of one task manager. All that it listens on is on the loopback interface, and
   * its web page takes no jar.
   *
   * @param folder for checkpoints and temporary files
   * @param slots of the task manager
   * @param webPorts of the web page: a port, or a range of which the first free one is taken
   * @param managed memory for RocksDB, over all slots
   */
  public static LocalCluster start(
      final Path folder, final int slots, final String webPorts, final MemorySize managed)
      throws Exception {
    requirePorts(webPorts);
    final Configuration configuration = new Configuration();
    configuration.set(RestOptions.BIND_PORT, webPorts);
    configuration.set(RestOptions.BIND_ADDRESS, LOOPBACK);
    configuration.set(RestOptions.ADDRESS, LOOPBACK);
    configuration.set(WebOptions.SUBMIT_ENABLE, false);
    // Not only of the job manager's RPC: the blob server goes by this.
    configuration.set(JobManagerOptions.BIND_HOST, LOOPBACK);
    configuration.set(TaskManagerOptions.BIND_HOST, LOOPBACK);
    configuration.set(TaskManagerOptions.HOST, LOOPBACK);
    final Path temporary = temporary(folder);
    configuration.set(CoreOptions.TMP_DIRS, temporary.toString());
    configuration.set(WebOptions.TMP_DIR, temporary.toString());
    configuration.set(WebOptions.UPLOAD_DIR, temporary.toString());
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY, address(folder.resolve("checkpoints")));
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, managed);
    final MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(slots)
                .build());
    final LocalCluster started = new LocalCluster(cluster, temporary);
    try {
      cluster.start();
      started.address = cluster.getRestAddress().get();
      return started;
    } catch (final Exception failure) {
      started.close();
      throw ExceptionUtils.findThrowable(failure, BindException.class).isPresent()
          ? new UsageException(
              "--web-port: no port of '"
                  + webPorts
                  + "' is free: name another, a range as 8081-8181, or 0 for any.")
          : failure;
    }
  }

  private static void requirePorts(final String webPorts) {
    try {
      NetUtils.getPortRangeFromString(webPorts);
    } catch (final IllegalArgumentException malformed) {
      throw new UsageException(
          "--web-port cannot be '" + webPorts + "': it takes a port, or a range as 8081-8181.");
    }
  }

  /** Flink takes a list of folders, in which these characters stand between two. */
  private static Path temporary(final Path folder) throws IOException {
    if (!folder.toString().matches(".*[,:|].*")) {
      return Files.createDirectories(folder.resolve("tmp"));
    }
    return Files.createTempDirectory("braid-flink");
  }

  /** A folder as Flink takes it: not as a URI, of which it would keep the escapes. */
  public static String address(final Path folder) {
    return org.apache.flink.core.fs.Path.fromLocalFile(folder.toAbsolutePath().toFile()).toString();
  }

  /** The cluster itself. */
  public MiniCluster flink() {
    return cluster;
  }

  /** The web page. */
  public URI webPage() {
    return address;
  }

  /** An environment whose jobs run here, with the parallelism that fills the slots. */
  public StreamExecutionEnvironment environment() {
    return StreamExecutionEnvironment.createRemoteEnvironment(address.getHost(), address.getPort());
  }

  /** Ends the cluster and its jobs, and deletes its temporary files. */
  @Override
  public synchronized void close() {
    try {
      cluster.closeAsync().get();
    } catch (final InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (final ExecutionException e) {
      throw new IllegalStateException("The cluster could not be closed.", e.getCause());
    } finally {
      FileUtils.deleteDirectoryQuietly(temporary.toFile());
      atExit.close();
    }
  }
}
