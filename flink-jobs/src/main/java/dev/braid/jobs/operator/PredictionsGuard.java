package dev.braid.jobs.operator;

import dev.braid.jobs.config.LearnerConfig;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * Keeps how many predictors of a dense layer the models were opened with, and refuses other ones
 * unless the configuration accepts them: models that began without a prediction do not take it up.
 */
final class PredictionsGuard {
  private PredictionsGuard() {}

  /**
   * Compares the configuration with the state, and leaves it there for the next restart.
   *
   * @throws SuppressRestartsException if the predictions are other ones and that is not accepted
   */
  static void check(final OperatorStateStore store, final LearnerConfig config) throws Exception {
    final ListState<Integer> kept = kept(store);
    final String refusal = refusal(kept, config);
    if (refusal != null) {
      throw new SuppressRestartsException(new IllegalStateException(refusal));
    }
    kept.update(List.of(config.predictors().models().size()));
  }

  /** Why what is in the state cannot go on with the configuration, in words, or null. */
  static String refusal(final OperatorStateStore store, final LearnerConfig config)
      throws Exception {
    return refusal(kept(store), config);
  }

  private static ListState<Integer> kept(final OperatorStateStore store) throws Exception {
    return store.getListState(
        new ListStateDescriptor<>("dense-predictors", IntSerializer.INSTANCE));
  }

  private static String refusal(final ListState<Integer> kept, final LearnerConfig config)
      throws Exception {
    final int predictors = config.predictors().models().size();
    for (final int before : kept.get()) {
      if (before != predictors && !config.predictors().acceptChange()) {
        return "The models in the savepoint or checkpoint heard "
            + named(before)
            + ", but the configuration gives them "
            + named(predictors)
            + ". Set dense.layer and dense.predictions to what they were, start without the"
            + " state, or set dense.accept-change to true: models that are there then"
            + " ignore predictions that are new to them, and take predictions that they lose for"
            + " uniform.";
      }
    }
    return null;
  }

  private static String named(final int predictors) {
    return switch (predictors) {
      case 0 -> "no dense layer's predictions";
      case 1 -> "the predictions of a dense layer";
      default -> "the predictions of a dense layer and of " + (predictors - 1) + " experts of it";
    };
  }
}
