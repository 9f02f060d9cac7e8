package dev.braid.jobs.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A Flink cluster in this process, with Flink's web page. */
public final class LocalCluster implements AutoCloseable {
  private final MiniCluster cluster;
  private final URI address;

  private LocalCluster(final MiniCluster cluster, final URI address) {
    this.cluster = cluster;
    this.address = address;
  }

  /**
   * Starts a cluster of one task manager.
   *
   * @param folder for checkpoints and temporary files
   * @param slots of the task manager
   * @param webPorts of the web page: a port, or a range of which the first free one is taken
   */
  public static LocalCluster start(final Path folder, final int slots, final String webPorts)
      throws Exception {
    final Configuration configuration = new Configuration();
    configuration.set(RestOptions.BIND_PORT, webPorts);
    configuration.set(RestOptions.BIND_ADDRESS, "localhost");
    configuration.set(WebOptions.SUBMIT_ENABLE, false);
    configuration.set(CoreOptions.TMP_DIRS, folder.resolve("tmp").toString());
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        folder.resolve("checkpoints").toUri().toString());

    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(256));
    final MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(slots)
                .build());
    try {
      cluster.start();
      return new LocalCluster(cluster, cluster.getRestAddress().get());
    } catch (final Exception failure) {
      cluster.close();
      throw failure;
    }
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
  public void close() {
    try {
      cluster.closeAsync().get();
    } catch (final InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (final ExecutionException e) {
      throw new IllegalStateException("The cluster could not be closed.", e.getCause());
    }
  }
}
