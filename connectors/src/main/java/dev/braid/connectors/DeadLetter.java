package dev.braid.connectors;

/**
 * A record that could not be used, with the reason.
 *
 * @param origin the record as it was read
 * @param reason one sentence for the person who has to mend the producer
 */
public record DeadLetter(Origin origin, String reason) implements Decoded {}
