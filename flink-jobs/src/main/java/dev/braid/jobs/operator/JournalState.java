package dev.braid.jobs.operator;

/**
 * The keyed state of a model with a journal.
 *
 * @param image pieces of the last image, by number
 * @param journal what the model met since, by number
 * @param waiting events that wait for labels and labels that wait for events, by {@link Waiting}
 * @param queue what waits, in the order in which it came
 */
public record JournalState(
    ByteMap<Long> image, ByteMap<Long> journal, ByteMap<String> waiting, ByteMap<Long> queue) {}
