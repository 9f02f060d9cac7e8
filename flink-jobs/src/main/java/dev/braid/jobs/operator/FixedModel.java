package dev.braid.jobs.operator;

import dev.braid.connectors.Event;
import dev.braid.connectors.PredictionRecord;
import dev.braid.router.Learner;
import dev.braid.router.Member;
import dev.braid.router.Prediction;
import java.util.List;

/**
 * A learner that predicts events and never changes. What its schema has no place for is ignored, as
 * by a job that has reached its limits. Not thread-safe.
 */
public final class FixedModel {
  private final Learner learner;
  private final FeatureMapper mapper;
  private final TargetMode mode;
  private final List<String> experts;
  private final long version;
  private final Prediction prediction = new Prediction();

  /**
   * @param version labels it has learned from
   */
  public FixedModel(final Learner learner, final long version) {
    this.learner = learner;
    this.version = version;
    mapper = new FeatureMapper(learner.schema(), new FeatureTypes(), true, 0, 0);
    mode = TargetMode.of(learner.schema().target());
    experts = learner.members().stream().map(Member::name).toList();
  }

  /**
   * Predicts one event.
   *
   * @param key the model's, as it is to stand in the record
   * @throws IllegalArgumentException with one sentence, if the event cannot be predicted
   */
  public PredictionRecord predict(final Event event, final String key) {
    final String refusal = mapper.read(event);
    if (refusal != null) {
      throw new IllegalArgumentException(refusal);
    }
    learner.predict(mapper.x(), prediction);
    return mode.record(
        event, key, prediction, learner.levels(), learner.schema(), experts, version);
  }

  /** The learner, to be looked at alone. */
  public Learner learner() {
    return learner;
  }

  /** Heap bytes, an estimate. */
  public long sizeBytes() {
    return learner.sizeBytes();
  }
}
