package dev.braid.connectors;

import java.util.Map;

/**
 * How one model is doing, sent every so many events of the model. Counts are since the model began
 * and survive failures; only {@code learnerMicros} and {@code checkpoint} are what the task saw
 * since it started.
 *
 * @param key of the model
 * @param timestamp of the event that completed the interval, milliseconds since the epoch
 * @param events events predicted
 * @param labelled events whose label is known and was learned from
 * @param classes how well it predicts classes; null where the target is a number
 * @param expertShare per expert, the share of this interval's events it had the largest weight for
 * @param expertWeight per expert, its mean weight over this interval's events
 * @param weightEntropy mean entropy of the members' weights over this interval, as a share of the
 *     maximum: 0 one expert decides, 1 all count alike
 * @param featureImportance of the most important features, the first one first: how much the loss
 *     rises when an event has another event's value there
 * @param drifts drift alarms since the model began
 * @param pending events that wait for a late label
 * @param expired events whose label did not come in time
 * @param pendingLabels labels that wait for their event
 * @param expiredLabels labels whose event did not come in time
 * @param ignoredFeatures feature values ignored because the model's schema had no place for them
 * @param stateBytes bytes the model holds
 * @param learnerMicros mean microseconds in which an event of this interval was predicted and, if
 *     its label was there, learned; NaN where the task saw none
 * @param checkpoint when the last checkpoint was completed, milliseconds since the epoch by the
 *     task's clock; 0 before the first one since the task started
 * @param numbers how well it predicts numbers; null where the target is a class
 */
public record MetricsRecord(
    String key,
    long timestamp,
    long events,
    long labelled,
    ClassScores classes,
    Map<String, Double> expertShare,
    Map<String, Double> expertWeight,
    double weightEntropy,
    Map<String, Double> featureImportance,
    long drifts,
    long pending,
    long expired,
    long pendingLabels,
    long expiredLabels,
    long ignoredFeatures,
    long stateBytes,
    double learnerMicros,
    long checkpoint,
    NumberScores numbers) {

  /** Of a model that predicts classes. */
  public MetricsRecord(
      final String key,
      final long timestamp,
      final long events,
      final long labelled,
      final ClassScores classes,
      final Map<String, Double> expertShare,
      final Map<String, Double> expertWeight,
      final double weightEntropy,
      final Map<String, Double> featureImportance,
      final long drifts,
      final long pending,
      final long expired,
      final long pendingLabels,
      final long expiredLabels,
      final long ignoredFeatures,
      final long stateBytes,
      final double learnerMicros,
      final long checkpoint) {
    this(
        key,
        timestamp,
        events,
        labelled,
        classes,
        expertShare,
        expertWeight,
        weightEntropy,
        featureImportance,
        drifts,
        pending,
        expired,
        pendingLabels,
        expiredLabels,
        ignoredFeatures,
        stateBytes,
        learnerMicros,
        checkpoint,
        null);
  }

  /** The same with other scores. */
  public MetricsRecord with(final ClassScores ofClasses, final NumberScores ofNumbers) {
    return new MetricsRecord(
        key,
        timestamp,
        events,
        labelled,
        ofClasses,
        expertShare,
        expertWeight,
        weightEntropy,
        featureImportance,
        drifts,
        pending,
        expired,
        pendingLabels,
        expiredLabels,
        ignoredFeatures,
        stateBytes,
        learnerMicros,
        checkpoint,
        ofNumbers);
  }
}
