package dev.braid.jobs.operator;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.drift.Detectors;
import dev.braid.drift.DriftDetector;
import dev.braid.jobs.config.JobConfig;
import dev.braid.router.LearnerSpec;
import java.util.ArrayList;
import java.util.List;

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
 */
record SessionSettings(
    LearnerSpec learner,
    Schema schema,
    boolean open,
    int highestFeatures,
    int highestValues,
    int highestClasses,
    DriftDetector detector,
    int metricsEvery) {

  static SessionSettings of(final JobConfig config) {
    final List<Feature> features = new ArrayList<>();
    config.schema().numeric().forEach(name -> features.add(Feature.numeric(name)));
    config.schema().nominal().forEach(name -> features.add(Feature.nominal(name)));
    final boolean open = features.isEmpty();
    if (!open) {
      config.externalFeatures().forEach(name -> features.add(Feature.numeric(name)));
    }
    return new SessionSettings(
        config.learner(),
        new Schema(features, config.schema().classes()),
        open,
        config.limits().features(),
        config.limits().nominalValues(),
        config.limits().classes(),
        Detectors.open(config.drift().detector()),
        config.metrics().every());
  }
}
