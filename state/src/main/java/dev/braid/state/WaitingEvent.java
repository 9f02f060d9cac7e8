package dev.braid.state;

/**
 * An event that was predicted and waits for its label.
 *
 * @param x the instance as it was predicted, shape [features known then]
 * @param predicted index of the class predicted, or -1 where no class was known
 * @param expiresAt when to stop waiting, processing time, milliseconds since the epoch
 */
@SuppressWarnings("ArrayRecordComponent")
public record WaitingEvent(double[] x, int predicted, long expiresAt) {}
