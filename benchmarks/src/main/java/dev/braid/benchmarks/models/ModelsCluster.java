package dev.braid.benchmarks.models;

import dev.braid.jobs.cli.LocalCluster;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointStatsSnapshot;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStats;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A cluster in this process with four slots. */
final class ModelsCluster implements AutoCloseable {
  static final int SLOTS = 4;
  private static final long PATIENCE_MINUTES = 30;

  private final LocalCluster cluster;
  private final Path folder;

  private ModelsCluster(final LocalCluster cluster, final Path folder) {
    this.cluster = cluster;
    this.folder = folder;
  }

  /**
   * @param folder for state and temporary files
   * @param managedMegabytes of memory for RocksDB, over all slots
   */
  static ModelsCluster start(final Path folder, final int managedMegabytes) throws Exception {
    return new ModelsCluster(
        LocalCluster.start(folder, SLOTS, "0", MemorySize.ofMebiBytes(managedMegabytes)), folder);
  }

  StreamExecutionEnvironment environment() {
    return cluster.environment();
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
    return cluster.flink().getExecutionGraph(job.getJobID()).get().getCheckpointStatsSnapshot();
  }

  /** Ends a job with a savepoint in RocksDB's own format. */
  String stop(final JobClient job) throws Exception {
    return job.stopWithSavepoint(
            false, LocalCluster.address(folder.resolve("savepoints")), SavepointFormatType.NATIVE)
        .get(PATIENCE_MINUTES, TimeUnit.MINUTES);
  }

  @Override
  public void close() {
    cluster.close();
  }
}
