package dev.braid.jobs.operator;

import dev.braid.jobs.config.LearnerConfig;
import java.util.Optional;
import org.apache.flink.api.common.state.OperatorStateStore;

/** What the models of a state were opened with, compared with a configuration. */
public final class SavedSettings {
  private SavedSettings() {}

  /**
   * Why the models cannot go on with a configuration, in one sentence; empty if they can.
   *
   * @param store the operator state of the operator that holds the models, or brings their records
   *     in order
   * @param shards of each model; 1 for whole ones
   */
  public static Optional<String> refusal(
      final OperatorStateStore store, final LearnerConfig config, final int shards)
      throws Exception {
    final String ofShards = ShardsGuard.refusal(store, shards);
    if (ofShards != null) {
      return Optional.of(ofShards);
    }
    final SessionSettings settings = SessionSettings.of(config);
    final String ofModels =
        SpecGuard.refusal(store, settings.learner(), settings.schema().target());
    return Optional.ofNullable(
        ofModels == null ? PredictionsGuard.refusal(store, config) : ofModels);
  }
}
