package dev.braid.jobs.inspect;

import java.util.List;

/**
 * What is saved of one shard of a model.
 *
 * @param model its key
 * @param error why the shard cannot be read, or null
 * @param bytes saved
 * @param heapBytes of its experts when they are loaded, an estimate
 * @param entries entries in keyed state
 * @param experts that it has
 */
record ShardSummary(
    String model,
    String error,
    long bytes,
    long heapBytes,
    int entries,
    List<ModelSummary.ExpertSummary> experts) {}
