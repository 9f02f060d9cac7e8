package dev.braid.jobs.topology;

import dev.braid.jobs.config.ConfigException;
import dev.braid.jobs.config.JobConfig;
import dev.braid.jobs.operator.SavedSettings;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Collection;
import java.util.Optional;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.CompletedCheckpointStorageLocation;
import org.apache.flink.runtime.state.DefaultOperatorStateBackend;
import org.apache.flink.runtime.state.DefaultOperatorStateBackendBuilder;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.filesystem.AbstractFsCheckpointStorageAccess;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses a savepoint whose models cannot go on with the configuration where the job is put
 * together, before anything of it runs. What the operator refuses when it starts is the same; this
 * one says so to whoever submits the job.
 */
final class SavepointCheck {
  private static final Logger LOG = LoggerFactory.getLogger(SavepointCheck.class);

  private SavepointCheck() {}

  /**
   * Compares the models in a savepoint or checkpoint with the configuration. Where it lies so that
   * only the cluster can read it, nothing is said: the operator compares again.
   *
   * @param place folder or URI as it was given to Flink
   * @throws ConfigException with one sentence that names what differs
   */
  static void check(final String place, final JobConfig config) {
    final Optional<String> refusal;
    try {
      refusal = refusal(place, config);
    } catch (final Exception unreadable) {
      LOG.info("{} cannot be read from here; the cluster will compare it.", place, unreadable);
      return;
    }
    if (refusal.isPresent()) {
      throw new ConfigException(refusal.get());
    }
  }

  private static Optional<String> refusal(final String place, final JobConfig config)
      throws Exception {
    final boolean divided = config.job().shards() > 1;
    final String uid = divided ? DividedModels.SEQUENCER : BraidTopology.LEARNER;
    final String other = divided ? BraidTopology.LEARNER : DividedModels.SEQUENCER;
    for (final OperatorState operator : metadata(place).getOperatorStates()) {
      if (operator.getOperatorUid().filter(other::equals).isPresent()) {
        return Optional.of(
            divided
                ? "The models in the savepoint are whole, and job.shards is "
                    + config.job().shards()
                    + ": set job.shards to 1, or start without the savepoint."
                : "The models in the savepoint are divided, and job.shards is 1: set job.shards to"
                    + " what it was, or start without the savepoint.");
      }
      if (operator.getOperatorUid().filter(uid::equals).isPresent()) {
        return refusal(operator, config);
      }
    }
    return Optional.empty();
  }

  private static CheckpointMetadata metadata(final String place) throws IOException {
    final CompletedCheckpointStorageLocation location =
        AbstractFsCheckpointStorageAccess.resolveCheckpointPointer(place);
    try (DataInputStream in = new DataInputStream(location.getMetadataHandle().openInputStream())) {
      return Checkpoints.loadCheckpointMetadata(
          in, SavepointCheck.class.getClassLoader(), location.getExternalPointer());
    }
  }

  private static Optional<String> refusal(final OperatorState operator, final JobConfig config)
      throws Exception {
    final Collection<OperatorStateHandle> handles =
        operator.getStates().stream()
            .map(OperatorSubtaskState::getManagedOperatorState)
            .flatMap(Collection::stream)
            .toList();
    final DefaultOperatorStateBackend store =
        new DefaultOperatorStateBackendBuilder(
                SavepointCheck.class.getClassLoader(),
                new ExecutionConfig(),
                false,
                handles,
                new CloseableRegistry())
            .build();
    try {
      return SavedSettings.refusal(store, config.learner(), config.job().shards());
    } finally {
      store.dispose();
    }
  }
}
