package dev.braid.jobs.operator;

import dev.braid.data.Schema;
import dev.braid.drift.Detectors;
import dev.braid.drift.DriftDetector;
import dev.braid.jobs.config.LearnerConfig;
import dev.braid.router.LearnerSpec;

/**
 * What a model's session needs to know of the configuration.
 *
 * @param learner what to open for a model that has no state yet
 * @param schema what is known before the first event
 * @param open whether features not in the schema are added to it
 * @param highestFeatures most features of a model
 * @param highestValues most values of a nominal feature
 * @param highestClasses most classes of a model
 * @param detector of the kind that is to watch each model's errors; takes nothing itself
 * @param metricsEvery events of a model between two of its metrics records
 * @param importanceEvery one labelled event in so many is asked what its features are worth; 0 for
 *     none, as where numbers are predicted
 */
record SessionSettings(
    LearnerSpec learner,
    Schema schema,
    boolean open,
    int highestFeatures,
    int highestValues,
    int highestClasses,
    DriftDetector detector,
    int metricsEvery,
    int importanceEvery) {

  static SessionSettings of(final LearnerConfig config) {
    return new SessionSettings(
        config.spec(),
        config.firstSchema(),
        config.isOpen(),
        config.limits().features(),
        config.limits().nominalValues(),
        config.limits().classes(),
        Detectors.open(config.drift().detector()),
        config.metrics().every(),
        config.metrics().importanceEvery());
  }
}
