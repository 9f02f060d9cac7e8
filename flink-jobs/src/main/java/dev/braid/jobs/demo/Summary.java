package dev.braid.jobs.demo;

import java.util.Locale;

/**
 * How a run went.
 *
 * @param in events sent
 * @param predictions committed predictions read back, each event once
 * @param deadLetters records refused
 * @param doubled predictions beyond the first of an event, and of events never sent
 * @param scores against the true labels, as {@link Score#summary} says them
 * @param rate records a second, from the first one sent to the last prediction read
 */
record Summary(
    long in, long predictions, long deadLetters, long doubled, String scores, double rate) {

  String line() {
    return String.format(
        Locale.ROOT,
        "summary: in=%d predictions=%d dead_letters=%d %s rate=%.0f",
        in,
        predictions,
        deadLetters,
        scores,
        rate);
  }

  /** Events that were answered neither by a prediction nor by a dead letter. */
  long lost() {
    return in - predictions - deadLetters;
  }

  boolean complete() {
    return lost() == 0 && doubled == 0;
  }

  /** What is wrong with a run that is not complete, in one sentence. */
  String fault() {
    return String.format(
        Locale.ROOT,
        "The output is not complete and single: %d events lost, %d predictions too many.",
        lost(),
        doubled);
  }
}
