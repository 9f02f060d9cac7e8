package dev.braid.connectors;

import java.util.Map;

/**
 * How one model is doing, sent every so many events of the model. Counts are since the model began
 * and survive failures.
 *
 * @param key of the model
 * @param timestamp of the event that completed the interval, milliseconds since the epoch
 * @param events events predicted
 * @param labelled events whose label is known and was learned from
 * @param accuracy prequential accuracy over all labelled events, 0 to 1
 * @param kappaM prequential kappa M (Bifet et al. 2015), at most 1
 * @param kappaT prequential kappa temporal, at most 1
 * @param windowAccuracy accuracy over the labelled events of this interval, 0 to 1
 * @param expertShare per expert, the share of this interval's events it had the largest weight for
 * @param weightEntropy mean entropy of the members' weights over this interval, as a share of the
 *     maximum: 0 one expert decides, 1 all count alike
 * @param drifts drift alarms since the model began
 * @param pending events that wait for a late label
 * @param expired events whose label did not come in time
 * @param ignoredFeatures feature values ignored because the model's schema had no place for them
 * @param stateBytes bytes the model holds
 */
public record MetricsRecord(
    String key,
    long timestamp,
    long events,
    long labelled,
    double accuracy,
    double kappaM,
    double kappaT,
    double windowAccuracy,
    Map<String, Double> expertShare,
    double weightEntropy,
    long drifts,
    long pending,
    long expired,
    long ignoredFeatures,
    long stateBytes) {}
