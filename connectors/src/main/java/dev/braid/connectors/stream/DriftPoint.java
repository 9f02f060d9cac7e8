package dev.braid.connectors.stream;

/**
 * A change of concept that a stream is known to contain.
 *
 * @param position event at the centre of the change, counted from 0
 * @param width events over which it stretches, 1 or more
 */
public record DriftPoint(long position, long width) {}
