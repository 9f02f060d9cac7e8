package dev.braid.benchmarks.entries;

import dev.braid.connectors.Event;
import dev.braid.connectors.PredictionRecord;
import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.jobs.config.LearnerConfig;
import dev.braid.router.Learner;
import dev.braid.router.Member;
import dev.braid.router.Prediction;
import dev.braid.router.Presets;
import java.util.ArrayList;
import java.util.List;

/** The learner of the library with the schema of {@link Events}, and nothing around it. */
final class BareLearner {
  private static final int LAST = Events.NAMES.length - 1;

  private final Learner learner;
  private final List<String> experts;
  private final Prediction prediction = new Prediction();
  private final double[] x = new double[LAST + 1];

  BareLearner() {
    final List<Feature> features = new ArrayList<>();
    for (int f = 0; f < LAST; f++) {
      features.add(Feature.numeric(Events.NAMES[f]));
    }
    features.add(Feature.nominal(Events.NAMES[LAST], Events.COLOURS));
    learner =
        Presets.open(
            LearnerConfig.defaults().spec(), new Schema(features, List.of(Events.CLASSES)));
    experts = learner.members().stream().map(Member::name).toList();
  }

  /** Predicts an event, then learns it. */
  void learn(final Event event) {
    System.arraycopy(event.numbers(), 0, x, 0, LAST);
    x[LAST] = learner.schema().valueIndex(LAST, event.texts()[LAST]);
    learner.testThenTrain(x, learner.schema().classIndex(event.label()), prediction);
  }

  /**
   * What was said of the event learned last.
   *
   * @param version events learned before it
   */
  PredictionRecord record(final Event event, final long version) {
    return new PredictionRecord(
        event.id(),
        event.key(),
        event.timestamp(),
        learner.schema().classes().get(Math.max(0, prediction.label())),
        learner.schema().classes(),
        prediction.probabilities().clone(),
        experts,
        prediction.weights().clone(),
        version);
  }
}
