package dev.braid.jobs.topology;

import dev.braid.jobs.config.JobConfig;
import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.apache.flink.state.rocksdb.RocksDBOptions;

/** What a job asks of Flink: state in RocksDB, checkpoints, restarts, no fallback on Kryo. */
final class FlinkSettings {
  /** Key groups: fixed for the life of a savepoint, and divided evenly by many parallelisms. */
  static final int MAX_PARALLELISM = 720;

  /**
   * So much time without a failure ends a row of failures. Short, so that faults which have nothing
   * to do with each other do not make the pauses before restarts longer.
   */
  private static final Duration CALM = Duration.ofSeconds(30);

  private FlinkSettings() {}

  static Configuration of(final JobConfig config) {
    final Configuration flink = new Configuration();
    flink.set(PipelineOptions.NAME, config.job().name());
    flink.set(PipelineOptions.MAX_PARALLELISM, MAX_PARALLELISM);
    flink.set(PipelineOptions.GENERIC_TYPES, false);
    // An operator without a fixed uid would lose its state with the next version: refuse it.
    flink.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    // Records are immutable, and no operator keeps the object that carries one.
    flink.set(PipelineOptions.OBJECT_REUSE, true);
    flink.set(ExecutionOptions.BUFFER_TIMEOUT, config.job().bufferTimeout());
    flink.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    // Most ids that are looked up are new: a filter answers them without a read of every level.
    flink.set(RocksDBConfigurableOptions.USE_BLOOM_FILTER, true);
    // In parts, so that a look-up in a small cache reads a page of filter and not all of it.
    flink.set(RocksDBOptions.USE_PARTITIONED_INDEX_FILTERS, true);
    if (config.job().shards() > 1) {
      // What travels between shards is sent before a barrier, which may not overtake it.
      flink.set(CheckpointingOptions.ENABLE_UNALIGNED, false);
    }
    checkpoints(config.checkpoints(), flink);
    restarts(config.job(), flink);
    return flink;
  }

  private static void checkpoints(final JobConfig.Checkpoints checkpoints, final Configuration to) {
    to.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
    to.set(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
    to.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpoints.interval());
    to.set(CheckpointingOptions.CHECKPOINTING_TIMEOUT, checkpoints.timeout());
    to.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        checkpoints.retain()
            ? ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION
            : ExternalizedCheckpointRetention.DELETE_ON_CANCELLATION);
    if (!checkpoints.dir().isEmpty()) {
      to.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.dir());
    }
  }

  private static void restarts(final JobConfig.Job job, final Configuration to) {
    if (job.restartAttempts() == 0) {
      to.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
      return;
    }
    to.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    to.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
        max(Duration.ofMillis(1), job.restartDelay()));
    to.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
        max(job.longestRestartDelay(), job.restartDelay()));
    to.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD, CALM);
    to.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS, job.restartAttempts());
  }

  private static Duration max(final Duration a, final Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }
}
