package dev.braid.connectors;

import java.util.List;

/**
 * What is said about one event.
 *
 * @param id of the event
 * @param key of the model
 * @param timestamp of the event, milliseconds since the epoch
 * @param predicted class name, or null while the model knows no class; null where the target is a
 *     number
 * @param classes names of the model's classes
 * @param probabilities one per class, sum to 1
 * @param experts names of the experts in the pool
 * @param weights weight per member of the pool, sum to 1
 * @param number what is predicted where the target is a number; null where it is a class
 * @param modelVersion events the model had learned from before it predicted this one
 */
@SuppressWarnings("ArrayRecordComponent")
public record PredictionRecord(
    String id,
    String key,
    long timestamp,
    String predicted,
    List<String> classes,
    double[] probabilities,
    PredictedNumber number,
    List<String> experts,
    double[] weights,
    long modelVersion) {

  /** What is said about the class of an event. */
  public PredictionRecord(
      final String id,
      final String key,
      final long timestamp,
      final String predicted,
      final List<String> classes,
      final double[] probabilities,
      final List<String> experts,
      final double[] weights,
      final long modelVersion) {
    this(
        id,
        key,
        timestamp,
        predicted,
        classes,
        probabilities,
        null,
        experts,
        weights,
        modelVersion);
  }

  /** What is said about the number of an event. */
  public static PredictionRecord ofNumber(
      final String id,
      final String key,
      final long timestamp,
      final PredictedNumber number,
      final List<String> experts,
      final double[] weights,
      final long modelVersion) {
    return new PredictionRecord(
        id, key, timestamp, null, List.of(), new double[0], number, experts, weights, modelVersion);
  }
}
