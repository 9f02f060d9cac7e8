package dev.braid.connectors;

import java.util.List;

/**
 * What is said about one event.
 *
 * @param id of the event
 * @param key of the model
 * @param timestamp of the event, milliseconds since the epoch
 * @param predicted class name, or null while the model knows no class
 * @param classes names of the model's classes
 * @param probabilities one per class, sum to 1
 * @param experts names of the experts in the pool
 * @param weights weight per member of the pool, sum to 1
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
    List<String> experts,
    double[] weights,
    long modelVersion) {}
