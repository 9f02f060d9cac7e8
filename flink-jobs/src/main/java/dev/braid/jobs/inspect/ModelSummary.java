package dev.braid.jobs.inspect;

import dev.braid.evaluation.NumberEvaluator;
import dev.braid.experts.TreeCounts;
import dev.braid.router.Member;
import java.util.List;
import java.util.Map;

/**
 * What is saved of one model, for people.
 *
 * @param key of the model; empty for the one model of a topic without keys
 * @param error why the model cannot be read, or null; then all below is empty
 * @param shards that the model is divided into; 0 for a whole one
 * @param preset the learner's preset; null for a model that has met no event yet
 * @param seed of everything random
 * @param options of the preset that were given
 * @param bytes saved, session and parts together
 * @param heapBytes of the learner when it is loaded, an estimate
 * @param entries entries in keyed state
 * @param events events predicted
 * @param labelled events learned from
 * @param accuracy share of the labelled events predicted correctly
 * @param recentAccuracy the same over the span that the drift detector holds for unchanged
 * @param numbers how well numbers were predicted; null where classes are, or nothing yet
 * @param drifts alarms of the drift detector
 * @param pendingEvents events that wait for their labels
 * @param pendingLabels labels that wait for their events
 * @param lastUsed time of the last event or label, milliseconds since the epoch by the job's clock;
 *     0 if unknown
 * @param features names of the features
 * @param classes names of the classes
 * @param router width of the router's input and layers; empty where there is none
 * @param routerBytes saved of the router
 * @param experts of the pool, in order
 */
record ModelSummary(
    String key,
    String error,
    int shards,
    String preset,
    long seed,
    Map<String, String> options,
    long bytes,
    long heapBytes,
    int entries,
    long events,
    long labelled,
    double accuracy,
    double recentAccuracy,
    NumberFigures numbers,
    long drifts,
    long pendingEvents,
    long pendingLabels,
    long lastUsed,
    List<String> features,
    List<String> classes,
    List<Integer> router,
    long routerBytes,
    List<ExpertSummary> experts) {

  /**
   * One expert.
   *
   * @param name as predictions and metrics name it
   * @param kind what it is
   * @param bytes saved
   * @param splits of its tree, 0 for other kinds
   * @param prunes subtrees given up
   * @param swaps subtrees or trees that gave way to younger ones
   */
  public record ExpertSummary(
      String name, String kind, long bytes, long splits, long prunes, long swaps) {
    static ExpertSummary of(final Member member, final TreeCounts counts, final long bytes) {
      return new ExpertSummary(
          member.name(), member.kind(), bytes, counts.splits(), counts.prunes(), counts.swaps());
    }
  }

  /**
   * How well numbers were predicted; what is not defined yet is NaN.
   *
   * @param events that count
   * @param mae mean absolute error
   * @param rmse root of the mean squared error
   * @param r2 one minus the squared errors over those of the targets' mean
   * @param coverage share of the intervals that held the number
   */
  public record NumberFigures(long events, double mae, double rmse, double r2, double coverage) {
    static NumberFigures of(final NumberEvaluator numbers) {
      return numbers.events() == 0
          ? null
          : new NumberFigures(
              numbers.events(), numbers.mae(), numbers.rmse(), numbers.r2(), numbers.coverage());
    }
  }

  /** Whether what it was told is saved, and nothing of its experts, which follow from it. */
  boolean isYoung() {
    return shards == 0 && !experts.isEmpty() && experts.stream().allMatch(e -> e.bytes() == 0);
  }

  /** The same, with what else is kept of a divided model. */
  ModelSummary with(
      final int inShards,
      final long allBytes,
      final long allHeapBytes,
      final int allEntries,
      final long allPendingLabels,
      final long usedLast,
      final List<ExpertSummary> allExperts) {
    return new ModelSummary(
        key,
        error,
        inShards,
        preset,
        seed,
        options,
        allBytes,
        allHeapBytes,
        allEntries,
        events,
        labelled,
        accuracy,
        recentAccuracy,
        numbers,
        drifts,
        pendingEvents,
        allPendingLabels,
        usedLast,
        features,
        classes,
        router,
        routerBytes,
        allExperts);
  }

  static ModelSummary unreadable(final String key, final String error) {
    return new ModelSummary(
        key, error, 0, null, 0, Map.of(), 0, 0, 0, 0, 0, 0, 0, null, 0, 0, 0, 0, List.of(),
        List.of(), List.of(), 0, List.of());
  }
}
