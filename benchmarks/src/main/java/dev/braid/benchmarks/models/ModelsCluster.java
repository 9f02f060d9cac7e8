package dev.braid.benchmarks.models;

import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointStatsSnapshot;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStats;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A cluster in this process with four slots. */
final class ModelsCluster implements AutoCloseable {
  static final int SLOTS = 4;
  private static final long PATIENCE_MINUTES = 30;

  private final MiniCluster cluster;
  private final URI address;
  private final Path folder;

  private ModelsCluster(final MiniCluster cluster, final URI address, final Path folder) {
    this.cluster = cluster;
    this.address = address;
    this.folder = folder;
  }

  /**
   * @param folder for state and temporary files
   * @param managedMegabytes of memory for RocksDB, over all slots
   */
  static ModelsCluster start(final Path folder, final int managedMegabytes) throws Exception {
    final Configuration configuration = new Configuration();
    configuration.set(RestOptions.BIND_PORT, "0");
    configuration.set(CoreOptions.TMP_DIRS, folder.resolve("tmp").toString());
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        folder.resolve("checkpoints").toUri().toString());
    configuration.set(
        TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(managedMegabytes));
    final MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(SLOTS)
                .build());
    cluster.start();
    return new ModelsCluster(cluster, cluster.getRestAddress().get(), folder);
  }

  StreamExecutionEnvironment environment() {
    return StreamExecutionEnvironment.createRemoteEnvironment(address.getHost(), address.getPort());
  }

  /** The checkpoint completed last, or null. */
  CompletedCheckpointStats lastCheckpoint(final JobClient job) throws Exception {
    final CheckpointStatsSnapshot stats = stats(job);
    return stats == null ? null : stats.getHistory().getLatestCompletedCheckpoint();
  }

  /** Checkpoints completed so far. */
  long checkpoints(final JobClient job) throws Exception {
    final CheckpointStatsSnapshot stats = stats(job);
    return stats == null ? 0 : stats.getCounts().getNumberOfCompletedCheckpoints();
  }

  private CheckpointStatsSnapshot stats(final JobClient job) throws Exception {
    return cluster.getExecutionGraph(job.getJobID()).get().getCheckpointStatsSnapshot();
  }

  /** Ends a job with a savepoint in RocksDB's own format. */
  String stop(final JobClient job) throws Exception {
    return job.stopWithSavepoint(
            false, folder.resolve("savepoints").toUri().toString(), SavepointFormatType.NATIVE)
        .get(PATIENCE_MINUTES, TimeUnit.MINUTES);
  }

  @Override
  public void close() {
    cluster.closeAsync().join();
  }
}
